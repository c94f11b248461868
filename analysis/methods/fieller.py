"""A ratio of two means with an exact confidence set (Fieller 1954)."""

from __future__ import annotations

import math

import numpy as np


def ratio_set(means: np.ndarray, covariance: np.ndarray, t: float) -> tuple[float, float] | None:
    """Return the set of x for which numerator - x * denominator may be 0; None where it is unbounded.

    Parameters
    ----------
    means : ndarray, [2]
        Numerator and denominator.
    covariance : ndarray, [2, 2]
        Covariance of these means.
    t : float
        Quantile of Student's t.

    Notes
    -----
    All x with (m0 - x m1)^2 <= t^2 (v00 - 2 x v01 + x^2 v11); bounded where the denominator is clearly not 0.
    """
    a = means[1] ** 2 - t**2 * covariance[1, 1]
    b = -2 * (means[0] * means[1] - t**2 * covariance[0, 1])
    c = means[0] ** 2 - t**2 * covariance[0, 0]
    if not a > 0:
        return None
    root = math.sqrt(max(0.0, b**2 - 4 * a * c))
    return float((-b - root) / (2 * a)), float((-b + root) / (2 * a))
