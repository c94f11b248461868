"""Late test accuracy: the median of a trial's test accuracies over the last epochs of its curve, exact for counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.errors import TableError
from analysis.base.notes import Metric, Note
from analysis.tables.curves import Curve, curves_of, has_curves
from analysis.tables.table import Table
from bench.schema.known_metrics import LATE

_WHOLE = 1e-6
"""A test accuracy times the test images is a count where it is this close to a whole number."""


@dataclass(frozen=True, eq=False)
class LateTraining:
    """Late test accuracy of every row of a table.

    Parameters
    ----------
    frame : DataFrame
        The rows, with ``late_test_accuracy``, and ``late_test_correct`` of ``late_test_total``: both twice as large as
        counts of test images, so that the mean of the middle two is whole. Empty where the curve is too short; the
        counts also where its accuracies are not those of counts.
    why : ndarray of str, [rows]
        Why a row has none; empty where it has one.
    notes : tuple of str
        What the metric is here.
    """

    frame: pd.DataFrame
    why: np.ndarray
    notes: tuple[str, ...]


def is_derived(table: Table, metric: str) -> bool:
    """Return whether `metric` is late test accuracy, which the curves of the table make up: no column of it is."""
    own = {LATE, "late_test_correct"} & set(table.frame.columns)
    return metric == LATE and not own and "trial_id" in table.frame.columns and has_curves(table.source, table.curves)


def has_late_training(table: Table) -> bool:
    """Return whether the curve of some trial is long enough."""
    return any(not isinstance(each, str) for each in _last_of(table))


def late_training(table: Table) -> LateTraining:
    """Return late test accuracy of every row, over the last `Table.late_epochs` epochs.

    Raises
    ------
    TableError
        No trial whose curve is long enough, or curves that cannot be read.
    """
    frame, epochs, last = table.frame, table.late_epochs, _last_of(table)
    totals = frame["test_total"] if "test_total" in frame.columns else pd.Series(np.nan, frame.index)
    made = [
        (np.nan, np.nan, np.nan) if isinstance(each, str) else late_median(each, total)
        for each, total in zip(last, totals.to_numpy(float, na_value=np.nan), strict=True)
    ]
    why = np.array([each if isinstance(each, str) else "" for each in last], object)
    if why.all():
        reasons = "; ".join(dict.fromkeys(why))
        raise TableError(table.source, [f"{LATE} needs test accuracies of the last {epochs} epochs: {reasons}"])
    columns = zip(("late_test_accuracy", "late_test_correct", "late_test_total"), zip(*made, strict=True), strict=True)
    return LateTraining(frame.assign(**{name: np.array(values) for name, values in columns}), why, _notes(table))


def _last_of(table: Table) -> list[np.ndarray | str]:
    ids = table.frame["trial_id"].tolist()
    curves = curves_of(table.source, table.curves, ids)
    return [_last(curves.get(trial_id), table.late_epochs) for trial_id in ids]


def _last(curve: Curve | None, epochs: int) -> np.ndarray | str:
    """Return the test accuracies of the last epochs, or why there are none."""
    if curve is None:
        return "the trial has no curve"
    found = curve["test_accuracy"][-epochs:]
    if len(found) < epochs:
        return f"its curve has {len(found)} epoch{'' if len(found) == 1 else 's'}, and late_epochs is {epochs}"
    return found if np.isfinite(found).all() else f"test accuracy is empty in some of its last {epochs} epochs"


def late_median(accuracies: np.ndarray, total: float) -> tuple[float, float, float]:
    """Return the median of accuracies [epochs] as a fraction, as a count of twice the test images, and twice these.

    `total` is how many test images there are; both counts are NaN where the accuracies are not those of counts.
    """
    counts = np.rint(accuracies * total)
    if not (np.abs(accuracies * total - counts) <= _WHOLE).all():
        return float(np.median(accuracies)), np.nan, np.nan
    doubled = 2 * float(np.median(counts))
    return doubled / (2 * total), doubled, 2 * total


def _notes(table: Table) -> tuple[str, ...]:
    plan, epochs = table.analysis, table.late_epochs
    what = f" is the median of test accuracy over the last {epochs} epochs: the level of late training, not that of"
    what = " is test accuracy after the last epoch" if epochs == 1 else f"{what} the final weights"
    if plan is None or plan.late_epochs == epochs:
        return (Note(Metric(LATE), what),)
    fixed = "does not fix how many" if plan.late_epochs is None else f"has late_epochs {plan.late_epochs}"
    return (Note(Metric(LATE), f"{what}; the analysis fixed before the data {fixed}"),)
