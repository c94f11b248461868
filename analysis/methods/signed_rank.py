"""Wilcoxon's signed-rank test, exact with ties, and the Hodges-Lehmann estimate that goes with it.

Doubled midranks are whole numbers, so the distribution of their sum under random signs is a convolution, however many
ties there are (Pratt and Gibbons 1981, chapter 3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from scipy import special

from analysis.base.records import Record
from analysis.methods.p_value import probability
from analysis.methods.result import Finding, OfPairs, undefined, why_untestable
from analysis.methods.signed_rank_distribution import EXACT_UP_TO, counted_off
from analysis.methods.walsh_averages import WalshAverages
from analysis.tables.pairing import Pairs, clear_steps
from analysis.tables.question import Question


@dataclass(frozen=True, kw_only=True)
class SignedRank(OfPairs):
    """Wilcoxon's signed-rank test; None where nothing can be tested.

    Parameters
    ----------
    wilcoxon_v : float or None
        Sum of the ranks of the positive differences.
    p_wilcoxon : float or None
        Two-sided p-value.
    """

    wilcoxon_v: float | None = None
    p_wilcoxon: float | None = None

    @classmethod
    def of(cls, pairs: Pairs, question: Question) -> Finding[Record]:
        """Return the signed-rank test of one comparison."""
        return wilcoxon(pairs)


def wilcoxon(pairs: Pairs) -> Finding[SignedRank]:
    """Return the sum of the ranks of positive differences, and its two-sided p.

    Zeros are dropped; ties get midranks. Exact up to `EXACT_UP_TO` differences; above, the normal approximation with
    the variance corrected for ties and the statistic for continuity (Hollander, Wolfe and Chicken 2014, section 3.1).
    """
    why = why_untestable(pairs)
    if why is not None:
        return undefined(SignedRank(), why)
    v, p = signed_rank(clear_steps(pairs))
    return Finding(SignedRank(wilcoxon_v=v, p_wilcoxon=p))


def signed_rank(differences: np.ndarray) -> tuple[float, float]:
    """Return V+ and its two-sided p for `differences` [n], whose ties are exact; (0, 1) where all are zero."""
    kept = differences[differences != 0]
    if not len(kept):
        return 0.0, 1.0
    doubled = np.rint(2 * pd.Series(np.abs(kept)).rank().to_numpy()).astype(np.int64)
    v = int(doubled[kept > 0].sum())
    if len(kept) > EXACT_UP_TO:
        return v / 2, _normal_p(v / 2, doubled / 2)
    mass = distribution(tuple(int(each) for each in np.sort(doubled)))
    tail = min(mass[: v + 1].sum(), mass[v:].sum())
    return v / 2, probability(2 * float(tail))


@cache
def distribution(doubled: tuple[int, ...]) -> np.ndarray:
    """Return P(sum = v), v from 0, where each of `doubled` ranks is in the sum with probability 1/2."""
    mass = np.zeros(sum(doubled) + 1)
    mass[0], reach = 1.0, 0
    for rank in doubled:
        mass[rank : rank + reach + 1] += mass[: reach + 1].copy()
        mass[: reach + rank + 1] /= 2
        reach += rank
    return mass


def _normal_p(v: float, ranks: np.ndarray) -> float:
    mean, variance = ranks.sum() / 2, float((ranks**2).sum()) / 4
    apart = v - mean
    corrected = apart - math.copysign(0.5, apart) if apart else 0.0
    return probability(2 * float(special.ndtr(-abs(corrected) / math.sqrt(variance))))


@dataclass(frozen=True, kw_only=True)
class HodgesLehmann(OfPairs):
    """The Hodges-Lehmann estimate of the difference, in the metric's own unit.

    Parameters
    ----------
    hodges_lehmann : float or None
        Median of the averages of any two differences; None without a pair.
    hodges_lehmann_low, hodges_lehmann_high : float or None
        Its exact interval at 1 - alpha; None where the pairs are too few for one, or do not vary.
    """

    hodges_lehmann: float | None = None
    hodges_lehmann_low: float | None = None
    hodges_lehmann_high: float | None = None

    @classmethod
    def of(cls, pairs: Pairs, question: Question) -> Finding[Record]:
        """Return the estimate of one comparison."""
        return hodges_lehmann(pairs, question.alpha)


def hodges_lehmann(pairs: Pairs, alpha: float) -> Finding[HodgesLehmann]:
    """Return the median of the Walsh averages of all differences, zeros too, and its interval at 1 - alpha.

    The interval lies between the Walsh averages that the exact quantile of the signed-rank distribution without ties
    counts off from either end (Lehmann 1963; Hollander, Wolfe and Chicken 2014, section 3.3).
    """
    if pairs.n == 0:
        return undefined(HodgesLehmann(), "no pairs")
    averages = WalshAverages(pairs.differences, pairs.noise)
    centre = HodgesLehmann(hodges_lehmann=averages.median / pairs.scale)
    why = why_untestable(pairs)
    if why is not None:
        return undefined(centre, why)
    outside = counted_off(pairs.n, alpha / 2)
    if not outside:
        need = math.ceil(1 - math.log2(alpha))
        return undefined(
            centre, f"the Hodges-Lehmann interval is null: it needs {need} {pairs.unit.one}s at this alpha"
        )
    low, high = averages.at(outside - 1) / pairs.scale, averages.at(len(averages) - outside) / pairs.scale
    return Finding(replace(centre, hodges_lehmann_low=low, hodges_lehmann_high=high))
