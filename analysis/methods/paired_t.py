"""The paired t test, its intervals, and equivalence by two one-sided tests."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.methods.result import Finding, probability, undefined, why_untestable
from analysis.tables.pairing import Pairs


@dataclass(frozen=True)
class Moments:
    """Mean, standard deviation (n - 1) and standard error of the differences, in the metric's own unit."""

    n: int
    mean: float
    sd: float
    standard_error: float

    @property
    def df(self) -> int:
        """Degrees of freedom of the paired t test."""
        return self.n - 1


def moments(pairs: Pairs) -> Moments:
    """Return the moments of at least two differences that vary.

    Raises
    ------
    ValueError
        Fewer than two pairs.
    """
    if pairs.n < 2:
        raise ValueError(f"{pairs.n} pairs; a standard deviation needs 2")
    mean = math.fsum(pairs.differences) / pairs.n
    sd = math.sqrt(math.fsum((pairs.differences - mean) ** 2) / (pairs.n - 1))
    return Moments(pairs.n, mean / pairs.scale, sd / pairs.scale, sd / pairs.scale / math.sqrt(pairs.n))


def half_width(level: float, df: int) -> float:
    """Return how many standard errors a two-sided t interval of this `level` reaches to each side."""
    return float(stats.t.isf((1 - level) / 2, df))


def difference(pairs: Pairs) -> Finding:
    """Return mean_difference, sd_difference and standard_error."""
    if pairs.n < 2:
        mean = float(pairs.differences[0]) / pairs.scale if pairs.n else None
        why = why_untestable(pairs) or ""
        return Finding({"mean_difference": mean, "sd_difference": None, "standard_error": None}, (why,))
    if not pairs.varies:
        mean = math.fsum(pairs.differences) / pairs.n / pairs.scale
        return Finding({"mean_difference": mean, "sd_difference": 0.0, "standard_error": 0.0})
    found = moments(pairs)
    return Finding(
        {
            "mean_difference": found.mean,
            "sd_difference": found.sd,
            "standard_error": found.standard_error,
        }
    )


def p_t(pairs: Pairs) -> float:
    """Return the two-sided p of the paired t test on differences that vary."""
    found = moments(pairs)
    return probability(2 * float(stats.t.sf(abs(found.mean / found.standard_error), found.df)))


def t_test(pairs: Pairs, alpha: float) -> Finding:
    """Return t, df, p_t (two-sided) and the t intervals at 1 - alpha and 1 - 2 alpha.

    ``t = mean / (sd / sqrt(n))`` on n - 1 degrees of freedom (Student 1908).
    """
    keys = ("t", "df", "p_t", "ci_low", "ci_high", "ci_low_90", "ci_high_90")
    why = why_untestable(pairs)
    if why is not None:
        return undefined(keys, why)
    found = moments(pairs)
    values = {"t": found.mean / found.standard_error, "df": found.df, "p_t": p_t(pairs)}
    reach = half_width(1 - alpha, found.df) * found.standard_error
    values |= {"ci_low": found.mean - reach, "ci_high": found.mean + reach}
    if 2 * alpha >= 1:
        return Finding(
            values | {"ci_low_90": None, "ci_high_90": None},
            (f"alpha {alpha:g}: an interval at level 1 - 2 alpha does not exist",),
        )
    reach = half_width(1 - 2 * alpha, found.df) * found.standard_error
    return Finding(values | {"ci_low_90": found.mean - reach, "ci_high_90": found.mean + reach})


def equivalence(pairs: Pairs, alpha: float, margin: float | None) -> Finding:
    """Return p_tost and equivalent for the margin +-`margin`, in the metric's own unit.

    Two one-sided t tests (Schuirmann 1987): p is the larger; equivalent when the 1 - 2 alpha interval lies inside.
    """
    keys = ("p_tost", "equivalent")
    if margin is None:
        return undefined(keys, "no margin given: p_tost and equivalent are null; verdicts go by the sign alone")
    why = why_untestable(pairs)
    if why is not None:
        return undefined(keys, why)
    found = moments(pairs)
    above_low = float(stats.t.sf((found.mean + margin) / found.standard_error, found.df))
    below_high = float(stats.t.cdf((found.mean - margin) / found.standard_error, found.df))
    p = probability(max(above_low, below_high))
    return Finding({"p_tost": p, "equivalent": bool(p < alpha) if 2 * alpha < 1 else None})


def pairing_gain(pairs: Pairs) -> Finding:
    """Return pair_correlation and variance_reduction = (var_a + var_b) / var_d: did pairing pay?"""
    keys = ("pair_correlation", "variance_reduction")
    if pairs.n < 2:
        return undefined(keys, why_untestable(pairs) or "")
    spread = [float(np.var(arm, ddof=1)) if np.ptp(arm) > 0 else 0.0 for arm in (pairs.treated, pairs.untreated)]
    warnings = []
    correlation = None
    if min(spread) > 0:
        a, b = pairs.treated - pairs.treated.mean(), pairs.untreated - pairs.untreated.mean()
        correlation = float(np.clip((a @ b) / math.sqrt((a @ a) * (b @ b)), -1, 1))
    else:
        warnings.append("pair_correlation is null: an arm has the same value at every seed")
    reduction = sum(spread) / moments(pairs).sd ** 2 if pairs.varies else None
    if reduction is None:
        warnings.append("variance_reduction is null: the differences do not vary")
    return Finding({"pair_correlation": correlation, "variance_reduction": reduction}, tuple(warnings))
