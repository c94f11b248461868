"""Limits within which a right layer's counts lie, exact: binomial, and hypergeometric where totals are given.

Every limit is two-sided: at most alpha / 2 lies beyond each end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
from scipy import stats

from bench.assurance.dropout_check.verdicts import Figure

Array = np.ndarray[Any, Any]


@cache
def binomial(n: int, rate: float, alpha: float) -> tuple[int, int]:
    """Return the limits of the number dropped of `n`, each dropped with probability `rate` for itself."""
    return int(stats.binom.ppf(alpha / 2, n, rate)), int(stats.binom.isf(alpha / 2, n, rate))


@cache
def hypergeometric(total: int, marked: int, n: int, alpha: float) -> tuple[int, int]:
    """Return the limits of the number of marked among `n` chosen of `total`, `marked` of which are marked."""
    return (
        int(stats.hypergeom.ppf(alpha / 2, total, marked, n)),
        int(stats.hypergeom.isf(alpha / 2, total, marked, n)),
    )


def most_unlike(counts: Array, sizes: Array, alpha: float) -> tuple[int, Figure]:
    """Return the group whose share is least like the others', and the figure of that share.

    Where every number is marked with one probability and independently, the marked numbers of a group are
    hypergeometric given all marked ones, whatever that probability is. `alpha` is shared out among the groups.

    Parameters
    ----------
    counts, sizes
        Marked numbers and numbers of each group, int `[groups]`.
    """
    total, marked = int(sizes.sum()), int(counts.sum())
    figures = []
    for count, size in zip(counts.tolist(), sizes.tolist(), strict=True):
        low, high = hypergeometric(total, marked, size, alpha / len(counts))
        figures.append(Figure(count / size, marked / total, low / size, high / size, size))
    worst = max(range(len(figures)), key=lambda group: figures[group].strain)
    return worst, figures[worst]


def most_correlated(
    event: Array, axis: int, lags: Sequence[int], alpha: float, expected: Array | None = None
) -> Figure | None:
    """Return the correlation, at the worst of `lags` along `axis`, between events that should be independent.

    Pairs are disjoint, so that they are independent of each other: then the number of pairs with both events is
    hypergeometric given the events on each side. Where events are known not to be equally likely, `expected` has the
    probability of each, and the limits are those of a normal deviate instead. None where there is no pair with
    anything to see.
    """
    lags = [lag for lag in lags if lag < event.shape[axis]]
    figures = []
    for lag, here, there in _pairs(event.shape[axis], lags):
        sides = [np.take(event, at, axis) for at in (here, there)]
        likely = [None if expected is None else np.take(expected, at, axis) for at in (here, there)]
        figure = _overlap(sides[0], sides[1], likely[0], likely[1], alpha / len(lags))
        if figure is not None:
            figures.append((lag, figure))
    if not figures:
        return None
    lag, worst = max(figures, key=lambda each: each[1].strain)
    return Figure(worst.measured, 0.0, worst.low, worst.high, worst.n, where=f"lag {lag}")


def _pairs(length: int, lags: Sequence[int]) -> Iterator[tuple[int, Array, Array]]:
    """Yield lag and the two sides of disjoint pairs that are a lag apart."""
    places = np.arange(length)
    for lag in lags:
        here = places[(places % (2 * lag) < lag) & (places + lag < length)]
        yield lag, here, here + lag


def _overlap(one: Array, other: Array, p: Array | None, q: Array | None, alpha: float) -> Figure | None:
    if p is not None and q is not None:
        spread = math.sqrt(float((p * (1 - p) * q * (1 - q)).sum()))
        if spread == 0:
            return None
        z, limit = float(((one - p) * (other - q)).sum()) / spread, float(stats.norm.isf(alpha / 2))
        scale = 1 / math.sqrt(one.size)
        return Figure(z * scale, 0.0, -limit * scale, limit * scale, one.size)
    n, first, second = one.size, int(one.sum()), int(other.sum())
    both = int((one & other).sum())
    spread = math.sqrt(first * (n - first)) * math.sqrt(second * (n - second))
    if spread == 0:
        return None
    low, high = ((n * k - first * second) / spread for k in hypergeometric(n, first, second, alpha))
    return Figure((n * both - first * second) / spread, 0.0, low, high, n)
