"""From a results folder to everything the report tells: one pool of trials per device, precision and data."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from analysis.answer.compare import compare, pairs_of
from analysis.answer.comparison import Comparison
from analysis.answer.sequences import sequences
from analysis.answer.variance import variance_by_source
from analysis.base.errors import TableError
from analysis.factorial import of_study
from analysis.figures.evidence import Broken, Evidence, Mean, Setting, Trial
from analysis.methods.activations import activations
from analysis.methods.gap_split import GapSplit, gap_splits
from analysis.methods.paired_t import half_width
from analysis.methods.self_check import self_check
from analysis.methods.survival import survival
from analysis.report.curves import drawn_curves, followed, read_curves, recorded
from analysis.tables.checks import POOLS, as_text
from analysis.tables.metric import measure, metrics_of
from analysis.tables.plan import PlannedAnalysis, read_plan
from analysis.tables.reading import Raw, read
from analysis.tables.table import Table, from_raw
from analysis.throughput import speeds
from analysis.throughput.result import Speed
from bench.schema import ENVIRONMENT_FOLDER, FAILED, PLAN_FILE, PLANS_LOG, STUDY_FILE

TOLD = ("test_accuracy", "generalisation_gap", "running_gap", "test_loss", "running_train_loss")
"""Metrics of every report, beside the primary and those that the study gives a margin."""

MEANS_LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Pool:
    """Trials that may be analysed together.

    Parameters
    ----------
    name : str
        What sets this pool apart, ``cpu``; empty where the folder has only one.
    table : Table
    evidence : Evidence
    """

    name: str
    table: Table
    evidence: Evidence

    @property
    def primary(self) -> Comparison:
        """The comparison on the primary metric."""
        return self.evidence.primary

    def distinct(self, column: str) -> list[Any]:
        """Return the distinct values of a column of the table, sorted; none where there is no such column."""
        frame = self.table.frame
        return sorted(set(frame[column].dropna().tolist())) if column in frame.columns else []

    def numbers(self, column: str) -> np.ndarray:
        """Return a column of the table as float64, NaN where a cell is empty; empty where there is no such column."""
        frame = self.table.frame
        return frame[column].to_numpy(float, na_value=np.nan) if column in frame.columns else np.empty(0)

    @property
    def secondary(self) -> list[Comparison]:
        """The comparisons on all other metrics."""
        return [each for each in self.evidence.comparisons.values() if each.role != "primary"]


@dataclass(frozen=True, eq=False)
class Material:
    """A results folder as the report tells it."""

    folder: Path
    study: str
    analysis: PlannedAnalysis
    plan: Mapping[str, Any]
    pools: tuple[Pool, ...]
    settings: Mapping[str, Any]
    plan_changes: tuple[Mapping[str, Any], ...]
    environments: Mapping[str, Mapping[str, Any]]


def gather(folder: Path) -> Material:
    """Read a results folder and make every comparison that the report tells.

    Raises
    ------
    TableError
        No trials, no plan, or a table that cannot be analysed.
    """
    if not (folder / PLAN_FILE).exists():
        raise TableError(folder, [f"has no {PLAN_FILE}; a report needs a folder that bench run has written"])
    plan = read_plan(folder / PLAN_FILE)
    if plan.analysis is None:
        raise TableError(folder / PLAN_FILE, ["has no analysis; a report needs control, primary and alpha"])
    raw = read(folder)
    selections = _selections(raw, {each.trial_id for each in plan.trials})
    measured = speeds(folder, plan, control=plan.analysis.control, alpha=plan.analysis.alpha)
    pools = tuple(_with_speed(_pool(folder, raw, where, plan.analysis), measured) for where in selections)
    return Material(
        folder=folder,
        study=plan.study or folder.name,
        analysis=plan.analysis,
        plan=plan.raw,
        pools=pools,
        settings=_toml(folder / STUDY_FILE),
        plan_changes=_changes(_log(folder / PLANS_LOG)),
        environments={path.stem: _json(path) for path in sorted((folder / ENVIRONMENT_FOLDER).glob("*.json"))},
    )


def _with_speed(pool: Pool, measured: Sequence[Speed]) -> Pool:
    """Return the pool with the measurement of speed on its own device and at its own precision."""
    device, precision = pool.table.pool.get("device"), pool.table.pool.get("precision")
    mine = [each for each in measured if device in (None, each.device) and precision in (None, each.precision)]
    return replace(pool, evidence=replace(pool.evidence, speed=mine[0])) if mine else pool


def _selections(raw: Raw, planned: set[str]) -> list[dict[str, str]]:
    """Return what selects each pool: nothing where there is only one."""
    frame = raw.frame
    names = [name for name in POOLS if name in frame.columns]
    if not {"status", "trial_id"} <= set(frame.columns):
        return [{}]
    kinds = {
        tuple(as_text(row[name]) for name in names)
        for row in frame.to_dict("records")
        if row["trial_id"] in planned and row["status"] != FAILED
    }
    if len(kinds) < 2:
        return [{}]
    differing = [index for index in range(len(names)) if len({kind[index] for kind in kinds}) > 1]
    apart = [index for index in differing if names[index] != "engine"]
    if len({tuple(kind[index] for index in apart) for kind in kinds}) == len(kinds):
        differing = apart  # each device has one engine: its name says nothing more
    return [{names[index]: kind[index] for index in differing} for kind in sorted(kinds)]


def _pool(folder: Path, raw: Raw, where: Mapping[str, str], planned: PlannedAnalysis) -> Pool:
    table = from_raw(folder, raw, where)
    comparisons = {
        metric: compare(table, metric, planned.control, margin=planned.margin_of(metric), alpha=planned.alpha)
        for metric in _metrics(table, planned)
    }
    return Pool(", ".join(where.values()), table, evidence_of(table, planned, comparisons))


def evidence_of(table: Table, planned: PlannedAnalysis, comparisons: Mapping[str, Comparison]) -> Evidence:
    """Return what figures are drawn from.

    Parameters
    ----------
    table : Table
        Curves are those in its rows, and those in the folder that it was read from.
    planned : PlannedAnalysis
        The question: control, primary metric, margins, alpha.
    comparisons : mapping of metric to Comparison
        The primary metric first.
    """
    settings = tuple(
        Setting(label, _rates(table, label), label == planned.control, label in table.stays_at_chance)
        for label in table.conditions
    )
    trials = _trials(table, list(comparisons))
    curves = read_curves(table.source, table.curves, _with_ids(table, trials))
    trained = [each.label for each in settings if not each.stays_at_chance]
    family = pairs_of(table, planned.primary, planned.control, alpha=planned.alpha)
    return Evidence(
        settings=settings,
        trials=tuple(trials.values()),
        curves=drawn_curves(curves),
        means={metric: _means(whole) for metric, whole in comparisons.items()},
        broken={each.label: _broken(tuple(trials.values()), each.label, planned.control) for each in settings},
        comparisons=comparisons,
        sequences=sequences(family, planned.alpha),
        self_check=self_check(family, planned.alpha),
        variance=variance_by_source(table, planned.primary, planned.alpha),
        gap_splits=_gap_splits(comparisons, planned.alpha),
        factorial=of_study(table, planned.primary, planned.margin_of(planned.primary), planned.alpha),
        survival=survival(followed(curves, table.chance), trained, planned.control, planned.alpha),
        activations=activations(
            recorded(curves),
            {each.label: each.rates for each in settings if not each.stays_at_chance},
            planned.control,
            planned.alpha,
        ),
    )


def _gap_splits(comparisons: Mapping[str, Comparison], alpha: float) -> list[GapSplit]:
    running, clean = comparisons.get("running_gap"), comparisons.get("generalisation_gap")
    if running is None or clean is None:
        return []
    of_running, of_clean = (
        {label: each.differences for label, each in whole.effects.items()} for whole in (running, clean)
    )
    return gap_splits(of_running, of_clean, alpha)


def _trials(table: Table, metrics: list[str]) -> dict[tuple[str, int], Trial]:
    """Return every trial that ended by condition and seed, with its metrics."""
    frame = table.frame
    keys = list(zip(frame["condition"].tolist(), frame["seed"].tolist(), strict=True))
    values: dict[tuple[str, int], dict[str, float]] = {key: {} for key in keys}
    for metric in metrics:
        for condition, arm in measure(table, metric).arms.items():
            for seed, value in zip(arm.seeds.tolist(), arm.value.tolist(), strict=True):
                if math.isfinite(value):
                    values[condition, seed][metric] = value
    diverged = dict(zip(keys, frame["diverged"].tolist(), strict=True))
    return {key: Trial(*key, diverged[key], values[key]) for key in keys}


def _with_ids(table: Table, trials: Mapping[tuple[str, int], Trial]) -> list[tuple[str, Trial]]:
    if "trial_id" not in table.frame.columns:
        return []
    return list(zip(table.frame["trial_id"].tolist(), trials.values(), strict=True))


def _metrics(table: Table, planned: PlannedAnalysis) -> list[str]:
    """Return the primary, then the others that the table has."""
    known = [metric for metric in metrics_of(table) if _has_numbers(table, metric)]
    asked = dict.fromkeys([*TOLD, *planned.margins])
    return [planned.primary, *(metric for metric in asked if metric in known and metric != planned.primary)]


def _has_numbers(table: Table, metric: str) -> bool:
    """Return whether some cell of a metric is filled; those made of counts have no cells."""
    return metric not in table.frame.columns or not bool(table.frame[metric].isna().all())


def _rates(table: Table, label: str) -> tuple[float, ...]:
    """Return the dropout rate of each layer as the plan has it, else as the table has it; empty where neither does."""
    planned = () if table.plan is None else table.plan.conditions
    for each in planned:
        given = each.settings.get("dropout") if each.label == label else None
        if given is not None:
            return tuple(float(rate) for rate in (given if isinstance(given, list) else [given]))
    rows = table.rows_of(label).to_dict("records")[:1]
    return tuple(float(value) for row in rows for name, value in row.items() if str(name).startswith("dropout_"))


def _means(whole: Comparison) -> tuple[Mean, ...]:
    """Return each condition's mean with its own t interval, from the summaries of a comparison object."""
    found = []
    for each in whole.conditions.values():
        low = high = None
        if each.n > 1 and each.mean is not None and each.sd is not None:
            reach = half_width(MEANS_LEVEL, each.n - 1) * each.sd / each.n**0.5
            low, high = each.mean - reach, each.mean + reach
        found.append(Mean(each.condition, each.n, each.mean, low, high))
    return tuple(found)


def _broken(trials: Sequence[Trial], label: str, control: str) -> Broken:
    own, other = ({each.seed: each.diverged for each in trials if each.condition == name} for name in (label, control))
    pairs = [] if label == control else [(own[seed], other[seed]) for seed in own.keys() & other.keys()]
    return Broken(
        condition=label,
        n=len(own),
        diverged=sum(own.values()),
        alone=pairs.count((True, False)),
        control_alone=pairs.count((False, True)),
        both=pairs.count((True, True)),
    )


def _json(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TableError(path, [f"cannot be read as JSON: {error}"]) from error
    return found if isinstance(found, dict) else {"content": found}


def _log(path: Path) -> tuple[Mapping[str, Any], ...]:
    if not path.exists():
        return ()
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise TableError(path, [f"cannot be read as one JSON object a line: {error}"]) from error
    return tuple(each for each in lines if isinstance(each, dict))


def _changes(log: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Return the entries that differ from the one before, defaults filled in: a key added at null is no change."""
    plans = [{key: value for key, value in _analysis(each).items() if value not in (None, {})} for each in log]
    return tuple(each for each, plan, before in zip(log, plans, [None, *plans[:-1]], strict=True) if plan != before)


def _analysis(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    given = entry.get("analysis")
    return given if isinstance(given, Mapping) else {}


def _toml(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TableError(path, [f"cannot be read as TOML: {error}"]) from error
