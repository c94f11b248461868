"""``plan.json``: which trials the present study asks for, and the analysis fixed before the data."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.base.errors import TableError
from analysis.tables.question import LEAST_ALPHA
from bench.schema import SCHEMA_VERSION


@dataclass(frozen=True)
class PlannedAnalysis:
    """The study's ``[analysis]``: margins in the unit of their metric, alpha a probability."""

    control: str
    primary: str
    alpha: float = 0.05
    margin: float | None = None
    margins: Mapping[str, float] = field(default_factory=dict)
    until: str | None = None

    @property
    def sequential(self) -> bool:
        """Whether seeds were added until something was decided."""
        return self.until is not None

    def margin_of(self, metric: str) -> float | None:
        """Return the margin fixed for `metric`; ``margin`` belongs to the primary alone."""
        if metric in self.margins:
            return self.margins[metric]
        return self.margin if metric == self.primary else None


@dataclass(frozen=True)
class PlannedCondition:
    """A condition of the plan; `settings` are its factors as the study has them."""

    label: str
    stays_at_chance: bool
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class PlannedTrial:
    """A trial that the plan asks for."""

    trial_id: str
    condition: str
    seed: int
    device: str
    precision: str


@dataclass(frozen=True)
class Plan:
    """What ``plan.json`` says; `raw` is the whole object for provenance."""

    study: str
    conditions: tuple[PlannedCondition, ...]
    trials: tuple[PlannedTrial, ...]
    analysis: PlannedAnalysis | None
    raw: Mapping[str, Any]


def read_plan(path: Path) -> Plan:
    """Read and check ``plan.json``.

    Raises
    ------
    TableError
        Not JSON, a missing or ill-typed key, or a schema version newer than this program knows.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise TableError(path, [f"cannot be read as JSON: {error}"]) from error
    if not isinstance(raw, dict):
        raise TableError(path, [f"is a JSON {type(raw).__name__}; expected an object"])
    version = raw.get("schema_version", 1)
    if not isinstance(version, int) or version > SCHEMA_VERSION:
        raise TableError(path, [f"schema_version is {version!r}; this program knows up to {SCHEMA_VERSION}: update it"])
    try:
        return _parse(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"key {error} is missing" if isinstance(error, KeyError) else str(error)
        raise TableError(path, [f"does not have the form of a plan: {what}"]) from error


def _parse(raw: Mapping[str, Any]) -> Plan:
    conditions = tuple(
        PlannedCondition(str(each["label"]), bool(each.get("stays_at_chance", False)), dict(each.get("settings", {})))
        for each in raw["conditions"]
    )
    trials = tuple(
        PlannedTrial(
            str(each["trial_id"]),
            str(each["condition"]),
            int(each["seed"]),
            str(each.get("device", "")),
            str(each.get("precision", "")),
        )
        for each in raw["trials"]
    )
    analysis = _analysis(raw["analysis"]) if raw.get("analysis") else None
    return Plan(str(raw.get("study", "")), conditions, trials, analysis, raw)


def _analysis(given: Mapping[str, Any]) -> PlannedAnalysis:
    margins = {
        str(name): _positive(value, f"margins.{name}") for name, value in dict(given.get("margins") or {}).items()
    }
    margin = given.get("margin")
    alpha = float(given.get("alpha", 0.05))
    if not LEAST_ALPHA <= alpha < 1:
        raise ValueError(f"analysis.alpha is {alpha}; allowed: above 0 (at least {LEAST_ALPHA:g}) and below 1")
    return PlannedAnalysis(
        control=str(given["control"]),
        primary=str(given["primary"]),
        alpha=alpha,
        margin=None if margin is None else _positive(margin, "margin"),
        margins=margins,
        until=given.get("until"),
    )


def _positive(value: object, key: str) -> float:
    number = float(value)  # pyright: ignore[reportArgumentType]
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"analysis.{key} is {value!r}; allowed: a finite number above 0")
    return number
