"""``plan.json``: which trials the present study asks for, and the analysis fixed before the data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from analysis.base.errors import TableError
from analysis.tables.question import LEAST_ALPHA, Told
from bench.schema import SCHEMA_VERSION
from bench.schema.characters import written_out
from bench.schema.documents import UNREADABLE, read_json, unusable
from bench.schema.known_metrics import (
    DIRECTIONS,
    ESTIMANDS,
    MEAN,
    PROTOCOL,
    TYPICAL,
    Direction,
    bad_ending_of,
    direction_of,
    direction_of_protocol_1,
    is_accuracy,
)

C = TypeVar("C", bound=str)


@dataclass(frozen=True)
class PlannedAnalysis:
    """The study's ``[analysis]``: margins and bad endings in the unit of their metric, alpha a probability.

    Protocol 1 knew no estimand but the mean, no bad endings, and a direction of every metric.
    """

    control: str
    primary: str
    alpha: float = 0.05
    margin: float | None = None
    margins: Mapping[str, float] = field(default_factory=dict)
    until: str | None = None
    estimand: str = TYPICAL
    bad_ending: float | None = None
    direction: Direction | None = None
    directions: Mapping[str, Direction] = field(default_factory=dict)
    late_epochs: int | None = None
    test_fraction: float | None = None
    protocol: int = PROTOCOL

    @property
    def sequential(self) -> bool:
        """Whether seeds were added until something was decided."""
        return self.until is not None

    def margin_of(self, metric: str) -> float | None:
        """Return the margin fixed for `metric`; ``margin`` belongs to the primary alone."""
        if metric in self.margins:
            return self.margins[metric]
        return self.margin if metric == self.primary else None

    def direction_of(self, metric: str) -> Direction | None:
        """Return which values of `metric` are better: as the plan says, else by its name; None where neither tells."""
        stated = self.direction if metric == self.primary else None
        by_name = direction_of_protocol_1 if self.protocol == 1 else direction_of
        return stated or self.directions.get(metric) or by_name(metric)

    def bad_ending_of(self, metric: str) -> float | None:
        """Return by how much a run may end worse than its condition's median; None where there is no rule.

        What was fixed for the primary holds for other accuracies too, where the primary is one.
        """
        like_primary = metric == self.primary or (is_accuracy(metric) and is_accuracy(self.primary))
        if like_primary and self.bad_ending is not None:
            return self.bad_ending
        return None if self.protocol == 1 else bad_ending_of(metric)

    def told(self, metric: str) -> Told:
        """Return what the plan says of a comparison on `metric`, as `analysis.answer.compare.compare` takes it."""
        return {
            "margin": self.margin_of(metric),
            "alpha": self.alpha,
            "direction": self.direction_of(metric),
            "estimand": self.estimand,
            "bad_ending": self.bad_ending_of(metric),
            "test_fraction": self.test_fraction,
        }


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
    chance: float | None = None
    """Accuracy of a guess, where the study says it and its rows have no number of classes."""


def read_plan(path: Path) -> Plan:
    """Read and check ``plan.json``.

    Raises
    ------
    TableError
        Not JSON, a missing or ill-typed key, or a schema version newer than this program knows.
    """
    try:
        raw = written_out(read_json(path))
    except UNREADABLE as error:
        raise TableError(path, [unusable(path, error)]) from error
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
    chance = raw.get("chance")
    if chance is not None and not 0 < float(chance) < 1:
        raise ValueError(f"chance is {chance!r}; allowed: above 0 and below 1")
    return Plan(str(raw.get("study", "")), conditions, trials, analysis, raw, chance)


def _analysis(given: Mapping[str, Any]) -> PlannedAnalysis:
    margins = {
        str(name): _positive(value, f"margins.{name}") for name, value in dict(given.get("margins") or {}).items()
    }
    margin, protocol = given.get("margin"), given.get("protocol", 1)
    if protocol not in range(1, PROTOCOL + 1):
        raise ValueError(f"analysis.protocol is {protocol!r}; this program knows up to {PROTOCOL}: update it")
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
        **_of_protocol(protocol, given),
    )


def _of_protocol(protocol: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what protocol 1 did not have, filled in as it was for a plan of it."""
    if protocol == 1:
        return {"protocol": 1, "estimand": MEAN}
    bad_ending, late, fraction = (given.get(key) for key in ("bad_ending", "late_epochs", "test_fraction"))
    return {
        "protocol": protocol,
        "estimand": _one_of(ESTIMANDS, given.get("estimand", TYPICAL), "estimand"),
        "bad_ending": None if bad_ending is None else _positive(bad_ending, "bad_ending"),
        "direction": _direction(given.get("direction"), "direction"),
        "directions": {
            str(name): _direction(value, f"directions.{name}")
            for name, value in (given.get("directions") or {}).items()
        },
        "late_epochs": None if late is None else int(late),
        "test_fraction": None if fraction is None else _positive(fraction, "test_fraction"),
    }


def _direction(given: object, key: str) -> Direction | None:
    return None if given is None else _one_of(DIRECTIONS, given, key)


def _one_of(allowed: Sequence[C], given: object, key: str) -> C:
    for each in allowed:
        if each == given:
            return each
    raise ValueError(f"analysis.{key} is {given!r}; allowed: {', '.join(allowed)}")


def _positive(value: Any, key: str) -> float:
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"analysis.{key} is {value!r}; allowed: a finite number above 0")
    return number
