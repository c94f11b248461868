"""One metric of a table as checked numbers: floats always, exact integers where the metric is made of counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.errors import TableError, nearest
from analysis.base.notes import Metric, Note
from analysis.tables import dialect, exclusive
from analysis.tables.checks import as_text, numbers
from analysis.tables.counts import CountRatio, count_ratio, parts_of
from analysis.tables.divergence import SAID, is_known
from analysis.tables.late_training import is_derived, late_training
from analysis.tables.names import column_named
from analysis.tables.percent import range_faults
from analysis.tables.reading import LOSS_NOT_FINITE, ORIGIN, is_loss
from analysis.tables.table import Dropped, Table
from bench.schema import DIVERGED
from bench.schema.known_metrics import LATE

LARGEST = 1e100
"""Metric values beyond this are refused: their squares would overflow."""

_NOT_METRICS = ("condition", "seed", "init_seed", "order_seed", "mask_seed", "stays_at_chance", "diverged")
_EMPTY = (*dialect.EMPTY, "nan", "NaN")
_FIRST = 5


@dataclass(frozen=True, eq=False)
class Arm:
    """One condition's trials, ordered by seed.

    Parameters
    ----------
    seeds : ndarray of int64, [n]
        Ascending, distinct.
    value : ndarray of float64, [n]
        NaN for a diverged trial that reached no number.
    numerator : ndarray of int64, [n]
        ``value * scale`` exactly where the metric is a count; else without meaning.
    diverged : ndarray of bool, [n]
    """

    seeds: np.ndarray
    value: np.ndarray
    numerator: np.ndarray
    diverged: np.ndarray

    def at(self, rows: np.ndarray) -> Arm:
        """Return the trials at these row numbers."""
        return Arm(self.seeds[rows], self.value[rows], self.numerator[rows], self.diverged[rows])


@dataclass(frozen=True, eq=False)
class Measured:
    """A metric over the trials of a table.

    Parameters
    ----------
    metric : str
    arms : mapping of condition to Arm
        Every condition of the table; one without trials has an empty arm.
    scale : int or None
        Common denominator of every value; None where the metric is no count.
    dropped : tuple of Dropped
        Trials without a value that did not diverge.
    divergence_known : bool
        Whether the table says anything of which trials diverged.
    warnings : tuple of str
    """

    metric: str
    arms: Mapping[str, Arm]
    scale: int | None
    dropped: tuple[Dropped, ...]
    divergence_known: bool
    warnings: tuple[str, ...]


def metrics_of(table: Table) -> list[str]:
    """Return the names that may be asked for as a metric, in the table's order."""
    frame = table.frame
    numeric = [
        str(name)
        for name in frame.columns
        if pd.api.types.is_numeric_dtype(frame[name]) and not str(name).startswith("_") and name not in _NOT_METRICS
    ]
    derived = [
        metric
        for metric in ("train_accuracy", "test_accuracy", "validation_accuracy", "generalisation_gap")
        if metric not in numeric and count_ratio(frame, metric) is not None
    ]
    derived += [LATE] if is_derived(table, LATE) else []
    return numeric + derived


def measure(table: Table, metric: str) -> Measured:
    """Take one metric out of a table.

    Raises
    ------
    TableError
        An unknown metric, cells that are no numbers, infinite values of trials that did not diverge (an infinite
        loss says that its trial did), accuracies and gaps that are no fractions, a speed of which no row is exclusive.
    """
    late = late_training(table) if is_derived(table, metric) else None
    frame = table.frame if late is None else late.frame
    frame = frame.rename(columns={column_of(frame, metric): metric})
    exact = count_ratio(frame, metric)
    if metric in _NOT_METRICS or metric.startswith("_") or (metric not in frame.columns and exact is None):
        fault = f"there is no metric {metric!r}{nearest(metric, metrics_of(table))}"
        raise TableError(table.source, [fault])
    stored = _numbers(table.source, frame, metric) if metric in frame.columns else np.full(len(frame), np.nan)
    value = stored if exact is None else np.where(exact.known, exact.fractions, stored)
    broken = frame["diverged"].to_numpy(bool)
    said = _said_diverged(frame)
    value = np.where((broken | said) & ~(np.abs(value) <= LARGEST), np.nan, value)
    if faults := range_faults(frame, metric, value):
        raise TableError(table.source, faults)
    out = exclusive.shared(table, metric)
    missing = np.isnan(value) & ~broken & ~out
    labels, seeds = frame["condition"].to_numpy(object), frame["seed"].to_numpy(np.int64)
    numerator = np.zeros(len(frame), np.int64) if exact is None else exact.numerators
    every = Arm(seeds, value, numerator, broken)
    return Measured(
        metric=metric,
        arms={label: every.at(np.flatnonzero((labels == label) & ~missing & ~out)) for label in table.conditions},
        scale=_scale(exact, value),
        dropped=(
            *_left_out(frame, metric, missing, None if late is None else late.why),
            *exclusive.dropped(table, metric, out),
        ),
        divergence_known=is_known(frame),
        warnings=(
            *(() if late is None else late.notes),
            *_doubts(metric, stored, value, exact),
            *exclusive.doubts(table, metric),
        ),
    )


def column_of(frame: pd.DataFrame, metric: str) -> str:
    """Return the column of `metric`: of this name, or the only one whose dotted or capitalised name means it."""
    if count_ratio(frame, metric) is not None:
        return metric
    return column_named([str(name) for name in frame.columns if name not in _NOT_METRICS], metric) or metric


def not_positive(measured: Measured, names: Sequence[str] = ()) -> list[str]:
    """Return the first trials that trained and whose value has no logarithm; `names` are those of seeds."""
    faults, number = [], 0
    for label, arm in measured.arms.items():
        seeds = [names[seed] for seed in arm.seeds] if names else arm.seeds
        rows = np.flatnonzero(~arm.diverged & ~(arm.value > 0))
        number += len(rows)
        faults += [
            f"condition {label!r}, seed {seeds[i]}: {measured.metric} is {arm.value[i]:.12g}; allowed on the scale "
            "log-ratio: above 0"
            for i in rows
        ]
    return faults[:_FIRST] + ([f"{measured.metric}: {number - _FIRST} more like these"] if number > _FIRST else [])


def _numbers(source: Path, frame: pd.DataFrame, metric: str) -> np.ndarray:
    """Return the column as float64 [rows]; NaN for an empty cell; faults for text and infinite values but losses."""
    column = frame[metric]
    found = numbers(column).to_numpy(float, na_value=np.nan)
    text = np.isnan(found)
    text[text] = [as_text(cell).strip() not in _EMPTY for cell in column[text]]
    infinite = (np.abs(found) > LARGEST) & ~_said_diverged(frame)
    if is_loss(metric):
        infinite &= ~(np.isinf(found) & frame[LOSS_NOT_FINITE].to_numpy(bool))
    faults = []
    for bad, allowed in (
        (text, "a number, or an empty cell"),
        (infinite, f"a finite number up to {LARGEST:g} (a run that broke has the status 'diverged')"),
    ):
        rows = np.flatnonzero(bad)
        faults += [
            f"{frame[ORIGIN].iloc[i]}: {metric} is {as_text(column.iloc[i])!r}; allowed: {allowed}"
            for i in rows[:_FIRST]
        ]
        if len(rows) > _FIRST:
            faults.append(f"{metric}: {len(rows) - _FIRST} more rows like these")
    if faults:
        why = dialect.doubts(metric, map(as_text, column)) if text.any() else []
        raise TableError(source, [*why, *faults])
    return found


def _said_diverged(frame: pd.DataFrame) -> np.ndarray:
    """Return where the source itself says that the trial diverged, [rows]."""
    said = np.zeros(len(frame), bool)
    if "status" in frame.columns:
        said |= (frame["status"] == DIVERGED).to_numpy(bool)
    if SAID in frame.columns:
        said |= frame[SAID].fillna(False).astype(bool).to_numpy()
    return said


def _scale(exact: CountRatio | None, value: np.ndarray) -> int | None:
    """Return the common denominator where every value comes from counts, else None."""
    if exact is None or exact.scale is None or (~exact.known & np.isfinite(value)).any():
        return None
    return exact.scale


def _left_out(
    frame: pd.DataFrame, metric: str, missing: np.ndarray, why: np.ndarray | None = None
) -> Iterator[Dropped]:
    """Yield what has no value by condition and reason; `why` [rows] gives the reasons of a metric that is made here."""
    if not missing.any():
        return
    if why is not None:
        for (condition, reason), rows in frame.assign(_why=why)[missing].groupby(["condition", "_why"], sort=False):
            yield Dropped(str(condition), tuple(int(seed) for seed in rows["seed"]), f"no {metric}: {reason}")
        return
    said = _said_diverged(frame)
    whether = "the status is 'ok'" if "status" in frame.columns else "whether the trial diverged is not known"
    for of_said, reason in (
        (False, f"no {metric}: the cell is empty, and {whether}"),
        (True, f"no {metric}: the trial diverged, and its condition is a negative control"),
    ):
        for condition, rows in frame[missing & (said == of_said)].groupby("condition", sort=False):
            yield Dropped(str(condition), tuple(int(seed) for seed in rows["seed"]), reason)


def _doubts(metric: str, stored: np.ndarray, value: np.ndarray, exact: CountRatio | None) -> list[Note]:
    doubts = []
    if exact is not None:
        differ = int((np.abs(stored - value) > 1e-6).sum())
        if differ:
            counts = " and ".join(f"{split}_correct / {split}_total" for split, _ in parts_of(metric))
            doubts.append(Note(Metric(metric), f" differs from {counts} in {differ} rows: the counts are used"))
    return doubts
