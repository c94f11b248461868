"""From a results folder, or any table, to all that its report tells: one pool per device, precision and data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.answer.compare import compare
from analysis.answer.comparison import Comparison
from analysis.base.errors import TableError, listed
from analysis.figures.evidence import Evidence
from analysis.report.evidence_of_table import evidence_of
from analysis.tables.checks import POOLS, as_text
from analysis.tables.late_training import has_late_training, is_derived
from analysis.tables.metric import metrics_of
from analysis.tables.plan import PlannedAnalysis, read_plan
from analysis.tables.reading import Raw, read
from analysis.tables.table import Table, from_raw
from analysis.tables.tasks import tasks_of_folder
from analysis.tables.test_images import TestImages, find_test_images, read_test_images
from analysis.throughput import speeds
from analysis.throughput.result import Speed
from bench.schema import ENVIRONMENT_FOLDER, FAILED, PLAN_FILE, PLANS_LOG, REHEARSAL_FILE, STUDY_FILE
from bench.schema.characters import escaped, written_out
from bench.schema.documents import UNREADABLE, read_environment, read_json, read_log, read_toml, unusable
from bench.schema.known_metrics import LATE
from bench.schema.rehearsal import BrokenLaw, broken_laws

TOLD = ("test_accuracy", LATE, "generalisation_gap", "running_gap", "test_loss", "running_train_loss")
"""Metrics of every report, beside the primary and those that the study gives a margin."""


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
        return [each for each in self.evidence.comparisons.values() if each is not self.primary]


@dataclass(frozen=True, eq=False)
class Material:
    """A results folder, or any table, as the report tells it.

    Parameters
    ----------
    source : Path
        What was read.
    study : str
        The study's name; of a table that of its file.
    analysis : PlannedAnalysis
        Of a table: as it was put together for this report.
    pools : tuple of Pool
    plan : mapping or None
        The folder's ``plan.json``; None for a table, which has none.
    settings, plan_changes, environments : mapping, tuple of mappings, mapping of id to mapping
        ``study.toml``, ``plans.jsonl`` and the environments of a folder.
    broken : tuple of BrokenLaw
        Laws of paired trainings that the study's own code breaks.
    command : str
        What makes the report of a table again.
    test_images : TestImages or str
        The images behind the test bits, or why they are not at hand; empty where the data are no images.
    """

    source: Path
    study: str
    analysis: PlannedAnalysis
    pools: tuple[Pool, ...]
    plan: Mapping[str, Any] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    plan_changes: tuple[Mapping[str, Any], ...] = ()
    environments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    broken: tuple[BrokenLaw, ...] = ()
    command: str = ""
    test_images: TestImages | str = ""


def gather(folder: Path, instead: Mapping[str, Any] | None = None, images: Path | None = None) -> Material:
    """Read a results folder and make every comparison that the report tells.

    Parameters
    ----------
    folder : Path
    instead : mapping of str, optional
        Fields of the plan's analysis that are given otherwise here: `estimand`, `bad_ending`, `direction`,
        `late_epochs`, `test_fraction`.
    images : Path, optional
        Where the test images lie, as in `read_test_images`; default: where the plan says, if they are there.

    Raises
    ------
    TableError
        No trials, no plan, a table that cannot be analysed, or images that are not those of the trials.
    """
    if names := tasks_of_folder(folder):
        raise TableError(
            folder,
            [f"is of several tasks ({listed(names)}), and this takes one of them: {folder / names[0]}"],
        )
    if not (folder / PLAN_FILE).exists():
        raise TableError(folder, [f"has no {PLAN_FILE}; a report needs a folder that bench run has written"])
    plan = read_plan(folder / PLAN_FILE)
    if plan.analysis is None:
        raise TableError(folder / PLAN_FILE, ["has no analysis; a report needs control, primary and alpha"])
    analysis, raw = replace(plan.analysis, **(instead or {})), read(folder)
    selections = _selections(raw, {each.trial_id for each in plan.trials})
    measured = speeds(folder, plan, control=analysis.control, alpha=analysis.alpha)
    pools = tuple(_with_speed(_pool(folder, raw, where, analysis), measured) for where in selections)
    record = plan.raw.get("data")
    test_images = find_test_images(record) if images is None else read_test_images(images, record)
    return Material(
        source=folder,
        study=plan.study or folder.name,
        analysis=analysis,
        plan=plan.raw,
        pools=pools,
        settings=_toml(folder / STUDY_FILE),
        plan_changes=_changes(_log(folder / PLANS_LOG)),
        broken=_broken(folder, plan.raw),
        environments={path.stem: _json(path) for path in sorted((folder / ENVIRONMENT_FOLDER).glob("*.json"))},
        test_images=fitting(test_images, pools),
    )


def fitting(found: TestImages | str, pools: Sequence[Pool]) -> TestImages | str:
    """Return test images; raise TableError where they are not as many as the trials of a pool were tested on."""
    if isinstance(found, str):
        return found
    totals = sorted({int(total) for pool in pools for total in pool.distinct("test_total")})
    if totals and totals != [len(found)]:
        tested = " or ".join(f"{total:,}" for total in totals)
        raise TableError(found.source, [f"holds {len(found):,} images; the trials were tested on {tested}"])
    return found


def _with_speed(pool: Pool, measured: Sequence[Speed]) -> Pool:
    """Return the pool with the measurement of speed on its own device and at its own precision."""
    device, precision = pool.table.pool.get("device"), pool.table.pool.get("precision")
    mine = [each for each in measured if device in (None, each.device) and precision in (None, each.precision)]
    return replace(pool, evidence=replace(pool.evidence, speed=mine[0])) if mine else pool


def _selections(raw: Raw, planned: set[str]) -> list[dict[str, str]]:
    """Return what selects each pool of a folder: nothing where there is only one."""
    frame = raw.frame
    if not {"status", "trial_id"} <= set(frame.columns):
        return [{}]
    return selections(frame.loc[[each in planned for each in frame["trial_id"]]])


def selections(frame: pd.DataFrame) -> list[dict[str, str]]:
    """Return what selects each pool of the rows that did not fail: nothing where there is only one."""
    names = [name for name in POOLS if name in frame.columns]
    if "status" in frame.columns:
        frame = frame.loc[~frame["status"].eq(FAILED).fillna(False).to_numpy(bool)]
    kinds = {
        tuple(escaped(as_text(cell)) for cell in row) for row in frame[names].drop_duplicates().itertuples(index=False)
    }
    if len(kinds) < 2:
        return [{}]
    differing = [index for index in range(len(names)) if len({kind[index] for kind in kinds}) > 1]
    apart = [index for index in differing if names[index] != "engine"]
    if len({tuple(kind[index] for index in apart) for kind in kinds}) == len(kinds):
        differing = apart  # each device has one engine: its name says nothing more
    return [{names[index]: kind[index] for index in differing} for kind in sorted(kinds)]


def _pool(folder: Path, raw: Raw, where: Mapping[str, str], planned: PlannedAnalysis) -> Pool:
    table = from_raw(folder, raw, where, late_epochs=planned.late_epochs)
    return pool_of(", ".join(where.values()), table, planned, _metrics(table, planned))


def pool_of(name: str, table: Table, planned: PlannedAnalysis, metrics: Sequence[str]) -> Pool:
    """Compare on each of `metrics`, the primary first, and take what figures are drawn from."""
    comparisons = {metric: compare(table, metric, planned.control, **planned.told(metric)) for metric in metrics}
    return Pool(name, table, evidence_of(table, planned, comparisons))


def _metrics(table: Table, planned: PlannedAnalysis) -> list[str]:
    """Return the primary, then the others that the table has."""
    known = [metric for metric in metrics_of(table) if _has_numbers(table, metric)]
    asked = dict.fromkeys([*TOLD, *planned.margins])
    return [planned.primary, *(metric for metric in asked if metric in known and metric != planned.primary)]


def _has_numbers(table: Table, metric: str) -> bool:
    """Return whether some cell of a metric is filled; those made of counts and curves have no cells."""
    if is_derived(table, metric):
        return has_late_training(table)
    return metric not in table.frame.columns or not bool(table.frame[metric].isna().all())


def _broken(folder: Path, plan: Mapping[str, Any]) -> tuple[BrokenLaw, ...]:
    path = folder / REHEARSAL_FILE
    return broken_laws(_json(path), plan) if path.exists() else ()


def _json(path: Path) -> Mapping[str, Any]:
    try:
        found = read_environment(path) if path.parent.name == ENVIRONMENT_FOLDER else read_json(path)
    except UNREADABLE as error:
        raise TableError(path, [unusable(path, error)]) from error
    return written_out(found if isinstance(found, dict) else {"content": found})


def _log(path: Path) -> tuple[Mapping[str, Any], ...]:
    try:
        lines = read_log(path)
    except UNREADABLE as error:
        raise TableError(path, [unusable(path, error)]) from error
    return tuple(written_out(each) for each in lines if isinstance(each, dict))


def _changes(log: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Return the entries that differ from the one before, defaults filled in: a key added at null is no change."""
    plans = [{key: value for key, value in _analysis(each).items() if value not in (None, {})} for each in log]
    return tuple(each for each, plan, before in zip(log, plans, [None, *plans], strict=False) if plan != before)


def _analysis(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    given = entry.get("analysis")
    return given if isinstance(given, Mapping) else {}


def _toml(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        return {}
    try:
        return written_out(read_toml(path))
    except UNREADABLE as error:
        raise TableError(path, [unusable(path, error)]) from error
