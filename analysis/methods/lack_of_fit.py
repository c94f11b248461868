"""Whether a polynomial follows the levels of a rate or a factor at all, tested within seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, special

from analysis.base.records import Record
from analysis.methods.p_value import probability
from analysis.tables.pairing import varies_in_every_direction

POLYNOMIAL = 3
"""Coefficients of the parabola."""


@dataclass(frozen=True, kw_only=True)
class LackOfFit(Record):
    """Hotelling's test of what a parabola leaves of the levels; None where there is nothing left or too few seeds.

    Parameters
    ----------
    lack_of_fit_t2 : float or None
        Statistic; None below 4 rates, with no more seeds than rates less 3, or without variation.
    lack_of_fit_p : float or None
        p-value.
    """

    lack_of_fit_t2: float | None = None
    lack_of_fit_p: float | None = None

    def rejects(self, alpha: float) -> bool:
        """Return whether the levels do not lie on a parabola."""
        return self.lack_of_fit_p is not None and self.lack_of_fit_p <= alpha


@dataclass(frozen=True)
class Residual:
    """Hotelling's T2 of what a polynomial leaves, F and p."""

    t2: float
    f: float
    p: float


def lack_of_fit(rates: np.ndarray, values: np.ndarray) -> LackOfFit:
    """Return Hotelling's T2 of the seeds' residual contrasts, cubic and up.

    Parameters
    ----------
    rates : ndarray, [k]
        Distinct.
    values : ndarray, [seeds, k]
    """
    found = residual_t2(rates, values, POLYNOMIAL)
    return LackOfFit() if found is None else LackOfFit(lack_of_fit_t2=found.t2, lack_of_fit_p=found.p)


def residual_t2(levels: np.ndarray, values: np.ndarray, coefficients: int) -> Residual | None:
    """Return Hotelling's test of what a polynomial in the `levels` [k] leaves of `values` [seeds, k].

    None where nothing is left, the seeds are too few, or they do not vary.

    Notes
    -----
    q = k - coefficients contrasts c_s, orthogonal to every such polynomial. T2 = n c' S^-1 c with their mean c and
    covariance S; F = (n - q) T2 / (q (n - 1)) has the F distribution on q and n - q degrees of freedom where the seeds'
    contrasts are normal with mean 0, whatever their covariance (Hotelling 1931).
    """
    n, q = len(values), len(levels) - coefficients
    if q < 1 or n <= q:
        return None
    scaled = (levels - levels.mean()) / np.ptp(levels)
    contrasts = values @ linalg.null_space(np.vander(scaled, coefficients).T)
    if not varies_in_every_direction(contrasts, values):
        return None
    centre, covariance = contrasts.mean(axis=0), np.atleast_2d(np.cov(contrasts.T))
    t2 = n * float(centre @ np.linalg.solve(covariance, centre))
    f = t2 * (n - q) / (q * (n - 1))
    return Residual(t2, f, probability(float(special.fdtrc(q, n - q, f))))
