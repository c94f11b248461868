"""The null distribution of Wilcoxon's signed-rank sum without ties: exact for few differences, normal for many."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy import special

EXACT_UP_TO = 200
"""Up to this many differences probabilities are exact; above, normal, corrected for continuity."""
_ROUNDING = 1e-12
"""Relative error of a probability that is a sum: one that equals a level counts as within it."""


@cache
def _below(n: int) -> np.ndarray:
    """Return P(V <= v), v from 0, of the sum V of the ranks 1 to n that a fair coin picks."""
    mass = np.zeros(n * (n + 1) // 2 + 1)
    mass[0] = 1.0
    for rank in range(1, n + 1):
        reach = rank * (rank - 1) // 2
        mass[rank : rank + reach + 1] += mass[: reach + 1].copy()
        mass[: reach + rank + 1] /= 2
    return np.cumsum(mass)


def lower_tail(n: int, v: int) -> float:
    """Return P(V <= v) of `n` differences; 0 below 0.

    Notes
    -----
    Above `EXACT_UP_TO` the normal approximation with continuity correction (Hollander, Wolfe and Chicken 2014, 3.1).
    """
    if v < 0:
        return 0.0
    if n <= EXACT_UP_TO:
        below = _below(n)
        return float(below[min(v, len(below) - 1)])
    mean, sd = _moments(n)
    return float(special.ndtr((v + 0.5 - mean) / sd))


def counted_off(n: int, tail: float) -> int:
    """Return how many of the Walsh averages lie outside an interval at each end, for the error `tail` of one end.

    0 where even the interval between the least and the greatest errs more often: there is none.
    """
    allowed = tail * (1 + _ROUNDING)
    if n <= EXACT_UP_TO:
        return int(np.searchsorted(_below(n), allowed, side="right"))
    mean, sd = _moments(n)
    v = math.floor(mean - 0.5 + sd * float(special.ndtri(tail)))
    while lower_tail(n, v + 1) <= allowed:
        v += 1
    while v >= 0 and lower_tail(n, v) > allowed:
        v -= 1
    return v + 1


def fewest(alpha: float, size: int) -> int:
    """Return the fewest differences with an interval at 1 - alpha over a family of `size` conditions."""
    n = max(1, math.ceil(1 - math.log2(alpha / size)) - 1)
    while 2.0 ** (1 - n) > alpha / size * (1 + 1e-12):
        n += 1
    return n


def runs_at_an_end(n: int, alpha: float, size: int) -> int:
    """Return how many bad runs can set an end of the interval of `n` differences by themselves; 0 where there is none.

    Notes
    -----
    k of n differences are in k n - k (k - 1) / 2 of the Walsh averages: where those are as many as the interval leaves
    out at an end and one more, its end is one of them.
    """
    outside, runs = counted_off(n, alpha / (2 * size)), 0
    while runs * n - runs * (runs - 1) // 2 < outside:
        runs += 1
    return runs


def _moments(n: int) -> tuple[float, float]:
    return n * (n + 1) / 4, math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
