"""The slope of a straight line through three or more numeric levels, and whether they lie on one at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from scipy import special

from analysis.base.records import Record
from analysis.methods.lack_of_fit import residual_t2
from analysis.methods.p_value import probability
from analysis.methods.paired_t import half_width
from analysis.tables.pairing import rounding, varies

Scores = Literal["raw", "log", "rank"]
SCORES: tuple[Scores, ...] = get_args(Scores)
"""What a line runs over: the levels, their natural logarithms, or their ranks."""

FEWEST_LEVELS = 3
"""Levels below which the slope says nothing that their difference does not."""

_LINE = 2
"""Coefficients of a straight line."""


@dataclass(frozen=True, kw_only=True)
class Slope(Record):
    """Mean over seeds of the least-squares slope through the levels of one factor; None where there is no such line.

    Parameters
    ----------
    slope : float or None
        In the metric's own unit per unit of the scores.
    slope_low, slope_high, slope_p : float or None
        t interval at 1 - alpha and two-sided p of this slope alone; None below two seeds or without variation.
    scores : str or None
        One of `SCORES`.
    lack_of_fit_f, lack_of_fit_p : float or None
        Hotelling's test of what a straight line leaves of the levels; None with no more seeds than levels less 2.
    """

    slope: float | None = None
    slope_low: float | None = None
    slope_high: float | None = None
    slope_p: float | None = None
    scores: str | None = None
    lack_of_fit_f: float | None = None
    lack_of_fit_p: float | None = None


def slope(levels: Sequence[float], values: np.ndarray, scores: Scores, alpha: float) -> Slope:
    """Return the slope of `values` [seeds, levels] over the scores of ascending `levels`, and its lack of fit."""
    x, n = _scored(levels, scores), len(values)
    if n == 0:
        return Slope(scores=scores)
    weights = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    own = values @ weights
    mean, left = float(own.mean()), residual_t2(x, values, _LINE)
    found = Slope(slope=mean, scores=scores)
    if left is not None:
        found = replace(found, lack_of_fit_f=left.f, lack_of_fit_p=left.p)
    if not varies(own, float(np.abs(weights).sum()) * rounding(values)):
        return found
    error = float(own.std(ddof=1)) / n**0.5
    reach = half_width(1 - alpha, n - 1) * error
    p = probability(2 * float(special.stdtr(n - 1, -abs(mean) / error)))
    return replace(found, slope_low=mean - reach, slope_high=mean + reach, slope_p=p)


def _scored(levels: Sequence[float], scores: Scores) -> np.ndarray:
    if scores == "rank":
        return np.arange(1.0, len(levels) + 1)
    return np.log(levels) if scores == "log" else np.array(levels, float)
