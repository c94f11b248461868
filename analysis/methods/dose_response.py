"""How a metric depends on one numeric rate: a quadratic with seeds as blocks, its optimum, and trends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import stats

from analysis.methods.fieller import ratio_set
from analysis.methods.result import probability
from analysis.tables.pairing import blocks_vary, rounding, varies

KEYS = (
    "intercept", "b1", "b2", "df", "optimum", "optimum_low", "optimum_high", "identified",
    "gap_slope_mean", "gap_slope_t", "gap_slope_p", "page_l", "page_p",
)  # fmt: skip
FEWEST_RATES = 3


def dose_response(
    rates: np.ndarray, values: np.ndarray, gaps: np.ndarray | None, alpha: float, lower_is_better: bool
) -> dict[str, Any]:
    """Return the keys of `KEYS`.

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
    identified where the set is unbounded, the curve bends the wrong way, or seeds differ in level alone. df is that of
    the block fit's residuals.
    """
    found: dict[str, Any] = dict.fromkeys(KEYS) | {"identified": False}
    n, k = values.shape
    if k < FEWEST_RATES or n < 2:
        return found
    found |= _quadratic(rates, values, alpha, lower_is_better) | page(values)
    return found if gaps is None or len(gaps) < 2 else found | _gap_slope(rates, gaps)


def _quadratic(rates: np.ndarray, values: np.ndarray, alpha: float, lower_is_better: bool) -> dict[str, Any]:
    n, k = values.shape
    weights = np.linalg.pinv(np.column_stack([np.ones(k), rates, rates**2]))
    coefficients = weights @ values.T
    (intercept, b1, b2), covariance = coefficients.mean(axis=1), np.cov(coefficients[1:]) / n
    found: dict[str, Any] = {"intercept": float(intercept), "b1": float(b1), "b2": float(b2), "df": n * (k - 1) - 2}
    bends_down = b2 < 0
    if b2 == 0 or bends_down == lower_is_better or not blocks_vary(values):
        return found
    slope = np.array([-1.0, 2.0])  # of which the optimum is the ratio: -b1 / (2 b2)
    t = float(stats.t.isf(alpha / 2, n - 1))
    ends = ratio_set(slope * (b1, b2), covariance * np.outer(slope, slope), t)
    if ends is None:
        return found
    within = [float(np.clip(end, rates[0], rates[-1])) for end in (-b1 / (2 * b2), *ends)]
    return found | dict(zip(("optimum", "optimum_low", "optimum_high"), within, strict=True)) | {"identified": True}


def _gap_slope(rates: np.ndarray, gaps: np.ndarray) -> dict[str, Any]:
    """Return the mean of the seeds' own slopes, with its t test."""
    centred = rates - rates.mean()
    weights = centred / (centred**2).sum()
    slopes = gaps @ weights
    if not varies(slopes, rounding(gaps) * float(np.abs(weights).sum())):
        return {"gap_slope_mean": float(slopes.mean())}
    error = float(slopes.std(ddof=1)) / math.sqrt(len(slopes))
    t = float(slopes.mean()) / error
    p = probability(2 * float(stats.t.sf(abs(t), len(slopes) - 1)))
    return {"gap_slope_mean": float(slopes.mean()), "gap_slope_t": t, "gap_slope_p": p}


def page(values: np.ndarray) -> dict[str, Any]:
    """Return Page's L of `values` [seeds, k] rising along the columns, and its two-sided p by the normal approximation.

    With midranks; the variance is that of the ranks as they are tied (Page 1963 without ties). No p where all ranks are
    tied, or seeds differ in level alone.
    """
    n, k = values.shape
    ranks = np.apply_along_axis(stats.rankdata, 1, values)
    order = np.arange(1, k + 1)
    statistic = float((ranks @ order).sum())
    mean = n * k * (k + 1) ** 2 / 4
    variance = ((order - order.mean()) ** 2).sum() * float(((ranks - (k + 1) / 2) ** 2).sum()) / (k - 1)
    if variance == 0 or not blocks_vary(values):
        return {"page_l": statistic}
    return {
        "page_l": statistic,
        "page_p": probability(2 * float(stats.norm.sf(abs(statistic - mean) / math.sqrt(variance)))),
    }
