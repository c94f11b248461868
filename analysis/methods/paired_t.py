"""The paired t test, its intervals, and equivalence by two one-sided tests."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from analysis.base.records import Record
from analysis.methods.p_value import probability
from analysis.methods.result import Finding, OfPairs, undefined, why_untestable
from analysis.tables.pairing import Pairs
from analysis.tables.question import Question


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
    return -float(special.stdtrit(df, (1 - level) / 2))


@dataclass(frozen=True, kw_only=True)
class Difference(OfPairs):
    """The mean of the paired differences, in the metric's own unit.

    Parameters
    ----------
    mean_difference : float or None
        Mean of condition minus control; None without a pair.
    sd_difference, standard_error : float or None
        Standard deviation of the differences (n - 1), and standard error of their mean; None below 2 pairs.
    """

    mean_difference: float | None = None
    sd_difference: float | None = None
    standard_error: float | None = None

    @classmethod
    def of(cls, pairs: Pairs, question: Question) -> Finding[Record]:
        """Return the mean difference of one comparison."""
        return difference(pairs)


def difference(pairs: Pairs) -> Finding[Difference]:
    """Return the mean difference with its standard deviation and standard error."""
    if pairs.n < 2:
        mean = float(pairs.differences[0]) / pairs.scale if pairs.n else None
        return undefined(Difference(mean_difference=mean), why_untestable(pairs))
    if not pairs.varies:
        mean = math.fsum(pairs.differences) / pairs.n / pairs.scale
        return Finding(Difference(mean_difference=mean, sd_difference=0.0, standard_error=0.0))
    m = moments(pairs)
    return Finding(Difference(mean_difference=m.mean, sd_difference=m.sd, standard_error=m.standard_error))


def p_t(pairs: Pairs) -> float:
    """Return the two-sided p of the paired t test on differences that vary."""
    found = moments(pairs)
    return probability(2 * float(special.stdtr(found.df, -abs(found.mean / found.standard_error))))


@dataclass(frozen=True, kw_only=True)
class TTest(OfPairs):
    """The paired t test and its intervals; all None where the differences do not vary, or are fewer than 2.

    Parameters
    ----------
    t : float or None
        Mean difference over its standard error.
    df : int or None
        Degrees of freedom.
    p_t : float or None
        Two-sided p-value.
    ci_low, ci_high : float or None
        Interval of the mean difference at 1 - alpha.
    ci_low_90, ci_high_90 : float or None
        Interval at 1 - 2 alpha; None where that is no level.
    """

    t: float | None = None
    df: int | None = None
    p_t: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_low_90: float | None = None
    ci_high_90: float | None = None

    @classmethod
    def of(cls, pairs: Pairs, question: Question) -> Finding[Record]:
        """Return the t test of one comparison."""
        return t_test(pairs, question.alpha)


def t_test(pairs: Pairs, alpha: float) -> Finding[TTest]:
    """Return the two-sided paired t test and the t intervals at 1 - alpha and 1 - 2 alpha.

    ``t = mean / (sd / sqrt(n))`` on n - 1 degrees of freedom (Student 1908).
    """
    why = why_untestable(pairs)
    if why is not None:
        return undefined(TTest(), why)
    m = moments(pairs)
    reach = half_width(1 - alpha, m.df) * m.standard_error
    t = m.mean / m.standard_error
    found = TTest(t=t, df=m.df, p_t=p_t(pairs), ci_low=m.mean - reach, ci_high=m.mean + reach)
    if 2 * alpha >= 1:
        return undefined(found, f"alpha {alpha:g}: an interval at level 1 - 2 alpha does not exist")
    reach = half_width(1 - 2 * alpha, m.df) * m.standard_error
    return Finding(replace(found, ci_low_90=m.mean - reach, ci_high_90=m.mean + reach))


@dataclass(frozen=True, kw_only=True)
class Equivalence(OfPairs):
    """Two one-sided t tests against the margin; None without a margin, or where nothing can be tested.

    Parameters
    ----------
    p_tost : float or None
        The larger of the two p-values.
    equivalent : bool or None
        Whether the interval at 1 - 2 alpha lies inside the margin; None where that is no level.
    """

    p_tost: float | None = None
    equivalent: bool | None = None

    @classmethod
    def of(cls, pairs: Pairs, question: Question) -> Finding[Record]:
        """Return the test of equivalence of one comparison."""
        return equivalence(pairs, question.alpha, question.margin)


def equivalence(pairs: Pairs, alpha: float, margin: float | None) -> Finding[Equivalence]:
    """Return whether the difference is equivalent to 0 within +-`margin`, in the metric's own unit.

    Two one-sided t tests (Schuirmann 1987): p is the larger; equivalent when the 1 - 2 alpha interval lies inside.
    """
    why = why_untestable(pairs)
    if why is not None:
        return undefined(Equivalence(), why)
    if margin is None:
        why = (
            "no margin was given, so verdicts go by the sign alone and nothing is called equivalent or negligible "
            "(p_tost, equivalent: null)"
        )
        return undefined(Equivalence(), why)
    found = moments(pairs)
    above_low = float(special.stdtr(found.df, -(found.mean + margin) / found.standard_error))
    below_high = float(special.stdtr(found.df, (found.mean - margin) / found.standard_error))
    p = probability(max(above_low, below_high))
    return Finding(Equivalence(p_tost=p, equivalent=bool(p < alpha) if 2 * alpha < 1 else None))


@dataclass(frozen=True, kw_only=True)
class PairingGain(OfPairs):
    """What pairing by seed gained; None below 2 pairs.

    Parameters
    ----------
    pair_correlation : float or None
        Correlation of condition and control over seeds; None where an arm does not vary.
    variance_reduction : float or None
        Variance of a difference of two unpaired trials over that of a paired one; None where differences do not vary.
    """

    pair_correlation: float | None = None
    variance_reduction: float | None = None

    @classmethod
    def of(cls, pairs: Pairs, question: Question) -> Finding[Record]:
        """Return what pairing gained in one comparison."""
        return pairing_gain(pairs)


def pairing_gain(pairs: Pairs) -> Finding[PairingGain]:
    """Return the correlation of the arms, and (var_a + var_b) / var_d: did pairing pay?"""
    if pairs.n < 2:
        return undefined(PairingGain(), why_untestable(pairs))
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
    return Finding(PairingGain(pair_correlation=correlation, variance_reduction=reduction), tuple(warnings))
