"""Metrics that are ratios of counts, in exact integers: floats that were counts break ties wrongly."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

LARGEST_SCALE = 2**40
"""Above this the common denominator is given up: sums over seeds would leave the exact range of a float64."""


@dataclass(frozen=True)
class CountRatio:
    """A metric as ``numerators / scale``, exact.

    Parameters
    ----------
    numerators : ndarray of int64, [rows]
        0 where not `known`.
    known : ndarray of bool, [rows]
        Whether the row has every count that the metric needs.
    scale : int or None
        Common denominator of all known rows; None where it would be too large.
    fractions : ndarray of float64, [rows]
        The metric as a fraction, NaN where not `known`.
    """

    numerators: np.ndarray
    known: np.ndarray
    scale: int | None
    fractions: np.ndarray


def parts_of(metric: str) -> tuple[tuple[str, int], ...]:
    """Return which ``*_correct / *_total`` make up `metric`, with their signs; empty where none do."""
    if metric == "generalisation_gap":
        return (("train", 1), ("test", -1))
    if metric.endswith("_accuracy") and not metric.startswith("running_"):
        return ((metric.removesuffix("_accuracy"), 1),)
    return ()


def count_ratio(frame: pd.DataFrame, metric: str) -> CountRatio | None:
    """Return `metric` from the integer counts of `frame`, None where the table has no such counts."""
    parts = parts_of(metric)
    needed = [f"{split}_{what}" for split, _ in parts for what in ("correct", "total")]
    if not parts or not set(needed) <= set(frame.columns):
        return None
    known = np.ones(len(frame), bool)
    fractions = np.zeros(len(frame))
    for split, sign in parts:
        correct, total = (frame[f"{split}_{what}"].to_numpy(float, na_value=np.nan) for what in ("correct", "total"))
        known &= np.isfinite(correct) & np.isfinite(total) & (total > 0)
        fractions += sign * np.divide(correct, total, out=np.full(len(frame), np.nan), where=total > 0)
    if not known.any():
        return None
    rows = frame[known]
    scale = math.lcm(*(int(each) for split, _ in parts for each in rows[f"{split}_total"].unique()))
    numerators = np.zeros(len(frame), np.int64)
    if scale > LARGEST_SCALE:
        return CountRatio(numerators, known, None, np.where(known, fractions, np.nan))
    for split, sign in parts:
        totals = rows[f"{split}_total"].to_numpy(np.int64)
        numerators[known] += sign * rows[f"{split}_correct"].to_numpy(np.int64) * (scale // totals)
    return CountRatio(numerators, known, scale, np.where(known, numerators / scale, np.nan))
