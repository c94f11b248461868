"""How a metric depends on one numeric rate: a quadratic with seeds as blocks, its optimum, and trends."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special

from analysis.base.records import Record, merged
from analysis.methods.fieller import ratio_set
from analysis.methods.lack_of_fit import LackOfFit, lack_of_fit
from analysis.methods.p_value import probability
from analysis.tables.pairing import blocks_vary, rounding, varies
from bench.schema.known_metrics import LOWER, Direction

FEWEST_RATES = 3


@dataclass(frozen=True, kw_only=True)
class Quadratic(Record):
    """A parabola through the rates, and its optimum.

    Parameters
    ----------
    intercept, b1, b2 : float or None
        Coefficients; None below 3 rates or 2 seeds.
    df : int or None
        Degrees of freedom of the residuals of one fit with seeds as blocks.
    optimum, optimum_low, optimum_high : float or None
        Best rate and the set that holds it, cut off at the tested range; None where it is not identified.
    identified : bool
        Whether the curve fits, bends the right way, and the set is bounded.
    """

    intercept: float | None = None
    b1: float | None = None
    b2: float | None = None
    df: int | None = None
    optimum: float | None = None
    optimum_low: float | None = None
    optimum_high: float | None = None
    identified: bool = False

    @property
    def coefficients(self) -> tuple[float, float, float] | None:
        """Intercept and both slopes; None where no curve was fitted."""
        if self.intercept is None or self.b1 is None or self.b2 is None:
            return None
        return self.intercept, self.b1, self.b2

    @property
    def located(self) -> tuple[float, float, float] | None:
        """The optimum and both ends of its set; None where it is not identified."""
        if self.optimum is None or self.optimum_low is None or self.optimum_high is None:
            return None
        return self.optimum, self.optimum_low, self.optimum_high


@dataclass(frozen=True, kw_only=True)
class GapSlope(Record):
    """Change of the generalisation gap per unit of rate; None where the table has no gap.

    Parameters
    ----------
    gap_slope_mean : float or None
        Mean of the seeds' own slopes.
    gap_slope_t, gap_slope_p : float or None
        Their t test; None where the slopes do not vary.
    """

    gap_slope_mean: float | None = None
    gap_slope_t: float | None = None
    gap_slope_p: float | None = None


@dataclass(frozen=True, kw_only=True)
class Trend(Record):
    """Page's trend test along the rates.

    Parameters
    ----------
    page_l : float or None
        Statistic.
    page_p : float or None
        Two-sided p-value; None where all ranks are tied, or seeds differ in level alone.
    """

    page_l: float | None = None
    page_p: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rates(Record):
    """The rates that a metric is followed over.

    Parameters
    ----------
    rates : tuple of float
        Ascending.
    conditions : tuple of str
        The condition of each rate.
    n : int
        Seeds at which all of them trained.
    """

    rates: tuple[float, ...]
    conditions: tuple[str, ...]
    n: int


@dataclass(frozen=True, kw_only=True)
class Response(Quadratic, LackOfFit, GapSlope, Trend):
    """How a metric follows numbers."""


@dataclass(frozen=True, kw_only=True)
class DoseResponse(Rates, Response):
    """How a metric depends on one numeric rate."""


def dose_response(
    rates: np.ndarray, values: np.ndarray, gaps: np.ndarray | None, alpha: float, direction: Direction | None
) -> Response:
    """Return how a metric depends on a rate.

    Parameters
    ----------
    rates : ndarray, [k]
        Distinct, ascending.
    values : ndarray, [seeds, k]
        The metric at the seeds at which every rate trained.
    gaps : ndarray, [seeds, k], or None
        The generalisation gap at its own seeds.

    Notes
    -----
    intercept, b1 and b2 are means of the seeds' own least-squares fits. The optimum -b1 / (2 b2) has Fieller's set,
    from the covariance of the seeds' coefficients on n - 1 degrees of freedom, cut off at the tested range; it is not
    identified where the set is unbounded, the curve bends the wrong way, or seeds differ in level alone, nor where it
    is not known which values are better, nor where the levels do not lie on a parabola at `alpha`. df is that of the
    block fit's residuals.
    """
    n, k = values.shape
    if k < FEWEST_RATES or n < 2:
        return Response()
    slope = GapSlope() if gaps is None or len(gaps) < 2 else _gap_slope(rates, gaps)
    fit, curve = lack_of_fit(rates, values), _quadratic(rates, values, alpha, direction)
    if fit.rejects(alpha):
        curve = replace(curve, optimum=None, optimum_low=None, optimum_high=None, identified=False)
    return merged(Response, curve, fit, slope, page(values))


def _quadratic(rates: np.ndarray, values: np.ndarray, alpha: float, direction: Direction | None) -> Quadratic:
    n, k = values.shape
    weights = np.linalg.pinv(np.column_stack([np.ones(k), rates, rates**2]))
    coefficients = weights @ values.T
    (intercept, b1, b2), covariance = coefficients.mean(axis=1), np.cov(coefficients[1:]) / n
    found = Quadratic(intercept=float(intercept), b1=float(b1), b2=float(b2), df=n * (k - 1) - 2)
    bends_down = b2 < 0
    if b2 == 0 or direction is None or bends_down == (direction == LOWER) or not blocks_vary(values):
        return found
    slope = np.array([-1.0, 2.0])  # of which the optimum is the ratio: -b1 / (2 b2)
    t = -float(special.stdtrit(n - 1, alpha / 2))
    ends = ratio_set(slope * (b1, b2), covariance * np.outer(slope, slope), t)
    if ends is None:
        return found
    optimum, low, high = (float(np.clip(each, rates[0], rates[-1])) for each in (-b1 / (2 * b2), *ends))
    return replace(found, optimum=optimum, optimum_low=low, optimum_high=high, identified=True)


def _gap_slope(rates: np.ndarray, gaps: np.ndarray) -> GapSlope:
    """Return the mean of the seeds' own slopes, with its t test."""
    centred = rates - rates.mean()
    weights = centred / (centred**2).sum()
    slopes = gaps @ weights
    if not varies(slopes, rounding(gaps) * float(np.abs(weights).sum())):
        return GapSlope(gap_slope_mean=float(slopes.mean()))
    error = float(slopes.std(ddof=1)) / math.sqrt(len(slopes))
    t = float(slopes.mean()) / error
    p = probability(2 * float(special.stdtr(len(slopes) - 1, -abs(t))))
    return GapSlope(gap_slope_mean=float(slopes.mean()), gap_slope_t=t, gap_slope_p=p)


def page(values: np.ndarray) -> Trend:
    """Return Page's L of `values` [seeds, k] rising along the columns, and its two-sided p by the normal approximation.

    With midranks; the variance is that of the ranks as they are tied (Page 1963 without ties). No p where all ranks are
    tied, or seeds differ in level alone.
    """
    n, k = values.shape
    ranks = pd.DataFrame(values).rank(axis=1).to_numpy()
    order = np.arange(1, k + 1)
    statistic = float((ranks @ order).sum())
    mean = n * k * (k + 1) ** 2 / 4
    variance = ((order - order.mean()) ** 2).sum() * float(((ranks - (k + 1) / 2) ** 2).sum()) / (k - 1)
    if variance == 0 or not blocks_vary(values):
        return Trend(page_l=statistic)
    p = probability(2 * float(special.ndtr(-abs(statistic - mean) / math.sqrt(variance))))
    return Trend(page_l=statistic, page_p=p)
