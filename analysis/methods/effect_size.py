"""Standardised effects of paired differences, with the noncentral-t interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from scipy import optimize, special

from analysis.base.records import Record
from analysis.methods.paired_t import moments
from analysis.methods.quadrature import gauss_legendre, normal_density
from analysis.methods.result import Finding, OfPairs, undefined, why_untestable
from analysis.tables.pairing import Pairs
from analysis.tables.question import Question

_SERIES_UP_TO = 1000.0  # scipy's noncentral t agrees with quadrature to 1e-12 up to here, and drifts above


@dataclass(frozen=True, kw_only=True)
class EffectSize(OfPairs):
    """The mean difference in standard deviations of the differences; None where nothing can be tested.

    Parameters
    ----------
    cohen_dz : float or None
        Mean over standard deviation.
    cohen_dz_low, cohen_dz_high : float or None
        Its interval at 1 - alpha.
    hedges_gz : float or None
        The same without its bias; None at 2 pairs.
    """

    cohen_dz: float | None = None
    cohen_dz_low: float | None = None
    cohen_dz_high: float | None = None
    hedges_gz: float | None = None

    @classmethod
    def of(cls, pairs: Pairs, question: Question) -> Finding[Record]:
        """Return the effect size of one comparison."""
        return effect_size(pairs, question.alpha)


def effect_size(pairs: Pairs, alpha: float) -> Finding[EffectSize]:
    """Return dz = mean / sd with its interval at 1 - alpha, and gz.

    The interval inverts the noncentral t distribution of ``t = dz sqrt(n)`` (Cumming and Finch 2001). hedges_gz is
    dz times the exact correction of its bias (Hedges 1981), which does not exist at n = 2.
    """
    why = why_untestable(pairs)
    if why is not None:
        return undefined(EffectSize(), why)
    m = moments(pairs)
    dz = m.mean / m.sd
    low, high = noncentrality_interval(dz * math.sqrt(m.n), m.df, alpha)
    found = EffectSize(cohen_dz=dz, cohen_dz_low=low / math.sqrt(m.n), cohen_dz_high=high / math.sqrt(m.n))
    if m.n == 2:
        return undefined(found, f"hedges_gz is null: dz of {pairs.unit.counted(2)} has no mean to correct")
    return Finding(replace(found, hedges_gz=dz * hedges_correction(m.df)))


def hedges_correction(df: int) -> float:
    """Return J = Gamma(df / 2) / (sqrt(df / 2) Gamma((df - 1) / 2)), df at least 2 (Hedges 1981, equation 6e)."""
    return float(special.poch((df - 1) / 2, 0.5)) / math.sqrt(df / 2)


def noncentrality_interval(t: float, df: int, alpha: float) -> tuple[float, float]:
    """Return the noncentralities under which `t` lies at the upper, and at the lower, alpha / 2 tail."""
    if t < 0:
        low, high = noncentrality_interval(-t, df, alpha)
        return -high, -low
    return _noncentrality(t, df, alpha / 2), _noncentrality(t, df, 1 - alpha / 2)


def _noncentrality(t: float, df: int, tail: float) -> float:
    """Return the noncentrality at which P(T >= t) is `tail`; it rises with the noncentrality."""
    guess = t * math.sqrt(float(special.chdtri(df, 1 - tail)) / df) + float(special.ndtri(tail))
    reach = 1.0
    while _upper_tail(t, df, guess - reach) > tail:
        reach *= 2
    low, reach = guess - reach, 1.0
    while _upper_tail(t, df, guess + reach) < tail:
        reach *= 2
    root: Any = optimize.brentq(lambda ncp: _upper_tail(t, df, ncp) - tail, low, guess + reach, xtol=1e-13)
    return float(root)


def _upper_tail(t: float, df: int, ncp: float) -> float:
    """Return P(T >= t), t >= 0, of the noncentral t.

    Above `_SERIES_UP_TO`: E over z ~ N(0, 1) of P(chi2_df <= df ((z + ncp) / t)^2, z > -ncp), by Gauss-Legendre.
    """
    if t <= _SERIES_UP_TO:
        return 1 - float(special.nctdtr(df, ncp, t))
    if ncp < -12:
        return 0.0
    nodes, weights = gauss_legendre(10)
    low, high = max(-12.0, -ncp), 12.0
    z = low + (nodes + 1) * (high - low) / 2
    inside = special.chdtr(df, df * ((z + ncp) / t) ** 2) * normal_density(z)
    return float(weights @ inside * (high - low) / 2)
