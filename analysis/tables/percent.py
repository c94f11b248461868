"""Fractions held to their range, and tables in per cent turned into fractions: no other number is taken for either."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.errors import TableError, nearest
from analysis.tables.checks import as_text, numbers
from analysis.tables.counts import count_ratio
from analysis.tables.names import column_named
from analysis.tables.reading import ORIGIN
from bench.schema.known_metrics import GAPS, is_accuracy, is_fraction

_ROUNDING = 1e-9
_FIRST = 5


def outside(metric: str, value: np.ndarray) -> np.ndarray:
    """Return which values are no fractions: accuracies beyond 0 to 1, gaps beyond -1 to 1; of other metrics none."""
    if not is_fraction(metric):
        return np.zeros(len(value), bool)
    low = 0.0 if is_accuracy(metric) else -1.0
    return (value < low - _ROUNDING) | (value > 1 + _ROUNDING)


def range_faults(frame: pd.DataFrame, metric: str, value: np.ndarray) -> list[str]:
    """Return the first rows whose `value` [rows] is no fraction, and in which conditions all are, and none is."""
    bad, known = outside(metric, value), np.isfinite(value)
    rows = np.flatnonzero(bad)
    if not len(rows):
        return []
    allowed = "0 to 1" if is_accuracy(metric) else "-1 to 1"
    faults = [f"{frame[ORIGIN].iloc[i]}: {metric} is {value[i]:.12g}; allowed: {allowed}" for i in rows[:_FIRST]]
    if len(rows) > _FIRST:
        faults.append(f"{metric}: {len(rows) - _FIRST} more rows like these")
    every, none = _arms(frame, bad, known)
    said = f"{metric} is outside {allowed}"
    if every:
        said += f" in all rows of {_named(every)}"
    if none:
        said += f"{' and' if every else ''} in no row of {_named(none)}"
    whole = "" if not none else "; but not where some conditions are fractions already: mend the table"
    return [*faults, f"{said}; {_OPTION}{whole}"]


_OPTION = "where it is in per cent give --percent, which divides the metric, --margin and --bad-ending by 100"


def as_fractions(
    source: Path, frame: pd.DataFrame, metric: str | None = None, signed: Collection[str] = ()
) -> pd.DataFrame:
    """Return the frame with `metric` divided by 100, and with it every other accuracy or gap that is no fraction.

    Counts stay as they are, and `signed` columns, whose per cent signs said it. Without a `metric`, accuracies and
    gaps alone.

    Raises
    ------
    TableError
        A metric that is no column of numbers, or whose every value is a fraction already; without a `metric`, every
        accuracy is, or some accuracy is in per cent in some conditions and a fraction in others.
    """
    if metric is not None and count_ratio(frame, metric) is None:
        metric = column_named([str(name) for name in frame.columns], metric) or metric
    if metric in signed:
        raise TableError(source, [f"--percent: {metric} has per cent signs and is divided by 100 without it"])
    numeric = [str(name) for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])]
    held = {name: numbers(frame[name]).to_numpy(float, na_value=np.nan) for name in numeric}
    if metric is not None and metric not in held:
        counted = count_ratio(frame, metric) is not None
        why = "is made of counts" if counted else f"is no column of numbers{nearest(metric, held)}"
        raise TableError(source, [f"--percent: {metric} {why}: there is nothing to divide"])
    accuracies = {name: value for name, value in held.items() if is_accuracy(name) and name not in signed}
    mixed = {name: fault for name, value in accuracies.items() if (fault := _mixed(frame, name, value))}
    asked = [metric] if metric else [*accuracies]
    halves = [mixed[name] for name in asked if name in mixed]
    already = [fault for name in asked if (fault := _fraction(name, held[name]))]
    if halves or (asked and len(already) == len(asked)):
        raise TableError(source, [*halves, *already])
    unsigned = {name: value for name, value in held.items() if name not in {*signed, *mixed}}
    percent = [name for name, value in unsigned.items() if name == metric or name in GAPS or outside(name, value).any()]
    return frame.assign(**{name: frame[name] / 100 for name in percent})


def tiny(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """Return what to know of accuracies divided by 100 of which a few may have been fractions: at most 1 per cent."""
    notes = []
    for name in map(str, after.columns):
        if not is_accuracy(name) or before[name].equals(after[name]):
            continue
        value = numbers(before[name]).to_numpy(float, na_value=np.nan)
        if few := int(((value > 0) & (value <= 1)).sum()):
            notes.append(
                f"{name}: {few} of {int(np.isfinite(value).sum())} values are at most 1 per cent; where these were "
                "fractions among per cent, mend the table"
            )
    return notes


def hundredth(number: float | None) -> float | None:
    """Return a number given in per cent as a fraction, without the noise of a division: 0.7 is 0.007."""
    return None if number is None else float(Decimal(repr(number)) / 100)


def _fraction(metric: str, value: np.ndarray) -> str | None:
    """Return why an accuracy is not in per cent, None where it is; of another metric that cannot be seen."""
    if not is_accuracy(metric) or outside(metric, value).any():
        return None
    return f"--percent: every value of {metric} lies within 0 to 1: it is a fraction already"


def _mixed(frame: pd.DataFrame, metric: str, value: np.ndarray) -> str | None:
    """Return in which conditions an accuracy is a fraction although it is in per cent in others; else None."""
    bad = outside(metric, value)
    _, none = _arms(frame, bad, np.isfinite(value)) if bad.any() else ([], [])
    if not none:
        return None
    return f"--percent: {metric} lies within 0 to 1 in all rows of {_named(none)}, and not in others: mend the table"


def _arms(frame: pd.DataFrame, bad: np.ndarray, known: np.ndarray) -> tuple[list[str], list[str]]:
    """Return the conditions in which all known values are `bad`, and those in which none is, in the table's order."""
    labels = np.array([as_text(label) for label in frame["condition"]], object)
    every, none = [], []
    for label in dict.fromkeys(labels[known]):
        mine = bad[known & (labels == label)]
        if mine.all():
            every.append(label)
        elif not mine.any():
            none.append(label)
    return every, none


def _named(labels: list[str]) -> str:
    more = f" and {len(labels) - _FIRST} more" if len(labels) > _FIRST else ""
    return ", ".join(map(repr, labels[:_FIRST])) + more
