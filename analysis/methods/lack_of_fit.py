"""Whether a parabola follows the levels of a rate at all, tested within seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, stats

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


def lack_of_fit(rates: np.ndarray, values: np.ndarray) -> LackOfFit:
    """Return Hotelling's T2 of the seeds' residual contrasts, cubic and up.

    Parameters
    ----------
    rates : ndarray, [k]
        Distinct.
    values : ndarray, [seeds, k]

    Notes
    -----
    q = k - 3 contrasts c_s, orthogonal to every parabola in the rate. T2 = n c' S^-1 c with their mean c and
    covariance S; (n - q) T2 / (q (n - 1)) has the F distribution on q and n - q degrees of freedom where the seeds'
    contrasts are normal with mean 0, whatever their covariance (Hotelling 1931).
    """
    n, q = len(values), len(rates) - POLYNOMIAL
    if q < 1 or n <= q:
        return LackOfFit()
    scaled = (rates - rates.mean()) / np.ptp(rates)
    contrasts = values @ linalg.null_space(np.vander(scaled, POLYNOMIAL).T)
    if not varies_in_every_direction(contrasts, values):
        return LackOfFit()
    centre, covariance = contrasts.mean(axis=0), np.atleast_2d(np.cov(contrasts.T))
    t2 = n * float(centre @ np.linalg.solve(covariance, centre))
    p = float(stats.f.sf(t2 * (n - q) / (q * (n - 1)), q, n - q))
    return LackOfFit(lack_of_fit_t2=t2, lack_of_fit_p=probability(p))
