"""What is asked of all conditions at once: whether any differ, how they follow a rate, which is best."""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.base.errors import TableError
from analysis.base.records import merged
from analysis.methods.dose_response import FEWEST_RATES, DoseResponse, Rates, dose_response
from analysis.methods.omnibus import Omnibus, omnibus
from analysis.methods.selection import Selection, selection
from analysis.tables.checks import numbers
from analysis.tables.metric import Measured, measure, metrics_of
from analysis.tables.question import Question
from analysis.tables.table import Table

GAP, VALIDATION, RATE = "generalisation_gap", "validation_accuracy", "rate"


@dataclass(frozen=True)
class Across:
    """What all conditions show together; `dose_response` and `selection` are None where they cannot be asked."""

    omnibus: Omnibus
    dose_response: DoseResponse | None
    selection: Selection | None
    warnings: tuple[str, ...]


def across(table: Table, measured: Measured, asked: Question) -> Across:
    """Return what all conditions show together.

    Negative controls take no part. Each uses the seeds at which all of its conditions
    trained. Of splits of one data set, which are not independent, nothing is shown.
    """
    if not table.unit.independent:
        return Across(Omnibus(), None, None, ())
    labels = [label for label in table.conditions if label not in table.stays_at_chance]
    by_rate, warnings = _rates(table, labels)
    choice = asked.control in labels and len(labels) > 1 and asked.direction is not None
    return Across(
        omnibus(_blocks(measured, labels)[1]),
        _dose_response(table, measured, by_rate, asked) if len(by_rate) >= FEWEST_RATES else None,
        _selection(table, measured, labels, asked) if choice else None,
        tuple(warnings),
    )


def _beside(table: Table, metric: str) -> Measured | None:
    """Return another metric than the one asked for; None where the table has none, or none that can be used."""
    try:
        return measure(table, metric) if metric in metrics_of(table) else None
    except TableError:
        return None


def _blocks(measured: Measured, labels: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the seeds [S] at which every one of `labels` trained, ascending, and the metric there [S, k]."""
    trained = [(arm := measured.arms[label]).at(np.flatnonzero(~arm.diverged)) for label in labels]
    if not trained:
        return np.empty(0, np.int64), np.empty((0, 0))
    seeds = functools.reduce(np.intersect1d, [arm.seeds for arm in trained])
    return seeds, np.column_stack([arm.value[np.searchsorted(arm.seeds, seeds)] for arm in trained])


def _rates(table: Table, labels: Sequence[str]) -> tuple[dict[float, str], list[str]]:
    """Return the conditions that have one numeric rate, by it, ascending; the first where several have the same."""
    if RATE not in table.frame.columns:
        return {}, []
    found: dict[float, str] = {}
    warnings = []
    for label in labels:
        column = table.rows_of(label, RATE)[RATE]
        values = numbers(column).to_numpy(float, na_value=np.nan)
        if not len(values) or not np.isfinite(values).all() or np.ptp(values) > 0:
            continue
        rate = float(values[0])
        if rate in found:
            warnings.append(f"dose-response: {label} has the rate of {found[rate]}, {rate:g}, and is left out")
        else:
            found[rate] = label
    return dict(sorted(found.items())), warnings


def _dose_response(table: Table, measured: Measured, by_rate: dict[float, str], asked: Question) -> DoseResponse:
    labels, gaps = list(by_rate.values()), None
    if (beside := _beside(table, GAP)) is not None:
        gaps = _blocks(beside, labels)[1]
    seeds, values = _blocks(measured, labels)
    found = dose_response(np.array(list(by_rate)), values, gaps, asked.alpha, asked.direction)
    return merged(DoseResponse, Rates(rates=tuple(by_rate), conditions=tuple(labels), n=len(seeds)), found)


def with_control(found: Selection | None, control: str, better: Collection[str]) -> Selection | None:
    """Return a selection whose best set has the control, unless one of the set is shown to be `better` than it."""
    if found is None or found.best_set is None or control in found.best_set or set(found.best_set) & set(better):
        return found
    return replace(found, best_set=(control, *found.best_set))


def _selection(table: Table, measured: Measured, labels: list[str], asked: Question) -> Selection:
    ordered = [asked.control, *(label for label in labels if label != asked.control)]
    seeds, values = _blocks(measured, ordered)
    validation = None
    if (beside := _beside(table, VALIDATION)) is not None:
        others, scores = _blocks(beside, ordered)
        both = np.intersect1d(seeds, others)
        seeds, values = both, values[np.searchsorted(seeds, both)]
        validation = scores[np.searchsorted(others, both)]
    return selection(ordered, values, validation, asked.alpha, asked.direction)
