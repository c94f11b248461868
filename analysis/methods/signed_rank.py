"""Wilcoxon's signed-rank test, exact with ties, and the Hodges-Lehmann estimate that goes with it.

Doubled midranks are whole numbers, so the distribution of their sum under random signs is a convolution, however many
ties there are (Pratt and Gibbons 1981, chapter 3).
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy import stats

from analysis.methods.result import Finding, probability, undefined, why_untestable
from analysis.tables.pairing import Pairs, clear_steps

EXACT_UP_TO = 200
"""Up to this many differences that are not zero the p-value is exact; above, normal."""


def wilcoxon(pairs: Pairs) -> Finding:
    """Return wilcoxon_v, the sum of the ranks of positive differences, and its two-sided p.

    Zeros are dropped; ties get midranks. Exact up to `EXACT_UP_TO` differences; above, the normal approximation with
    the variance corrected for ties and the statistic for continuity (Hollander, Wolfe and Chicken 2014, section 3.1).
    """
    keys = ("wilcoxon_v", "p_wilcoxon")
    why = why_untestable(pairs)
    if why is not None:
        return undefined(keys, why)
    v, p = signed_rank(clear_steps(pairs))
    return Finding({"wilcoxon_v": v, "p_wilcoxon": p})


def signed_rank(differences: np.ndarray) -> tuple[float, float]:
    """Return V+ and its two-sided p for `differences` [n], whose ties are exact; (0, 1) where all are zero."""
    kept = differences[differences != 0]
    if not len(kept):
        return 0.0, 1.0
    doubled = np.rint(2 * stats.rankdata(np.abs(kept))).astype(np.int64)
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
    return probability(2 * float(stats.norm.sf(abs(corrected) / math.sqrt(variance))))


def hodges_lehmann(pairs: Pairs, alpha: float) -> Finding:
    """Return the median of the Walsh averages of all differences, zeros too, and its interval at 1 - alpha.

    The interval lies between the Walsh averages that the exact quantile of the signed-rank distribution without ties
    counts off from either end (Lehmann 1963; Hollander, Wolfe and Chicken 2014, section 3.3).
    """
    ends = ("hodges_lehmann_low", "hodges_lehmann_high")
    if pairs.n == 0:
        return undefined(("hodges_lehmann", *ends), "no pairs")
    n, d = pairs.n, pairs.differences
    first, second = np.triu_indices(n)
    walsh = np.sort((d[first] + d[second]) / 2) / pairs.scale
    centre = {"hodges_lehmann": float(np.median(walsh))}
    why = why_untestable(pairs)
    if why is not None:
        return Finding(centre | dict.fromkeys(ends), (why,))
    left_out = _counted_off(n, alpha)
    if left_out is None:
        need = math.ceil(1 - math.log2(alpha))
        return Finding(
            centre | dict.fromkeys(ends), (f"the Hodges-Lehmann interval is null: it needs {need} pairs at this alpha",)
        )
    return Finding(centre | dict(zip(ends, (float(walsh[left_out]), float(walsh[-1 - left_out])), strict=True)))


@cache
def _counted_off(n: int, alpha: float) -> int | None:
    """Return how many Walsh averages lie outside at each end; None where even all of them cover less than 1 - alpha."""
    below = np.cumsum(distribution(tuple(range(1, n + 1))))
    within = int(np.searchsorted(below, alpha / 2 * (1 + 1e-12), side="right"))
    return within - 1 if within else None
