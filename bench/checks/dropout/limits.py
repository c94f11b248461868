"""Limits within which a right layer's counts lie, exact: binomial, and hypergeometric where totals are given.

Every limit is two-sided: at most alpha / 2 lies beyond each end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import stats

from bench.checks.dropout.verdicts import Figure

Array = np.ndarray[Any, Any]

SUSPECT = 3.0
"""Exact limits are computed from this deviate on: with far less a count is within any limits that are used here. What
is left of the tail below, exp(-m) for m expected, is at 1e-8 no less than 4.3 deviates away."""


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


def most_correlated(event: Array, axis: int, alpha: float, expected: Array | None = None) -> Figure | None:
    """Return the correlation, at the worst of all lags along `axis`, between events that should be independent.

    Pairs are disjoint, so that they are independent of each other: then the number of pairs with both events is
    hypergeometric given the events on each side. Where events are known not to be equally likely, `expected` has the
    probability of each, and the limits are those of a normal deviate instead. None where there is no pair with
    anything to see. `alpha` is shared out among the lags.
    """
    slices = np.moveaxis(event, axis, 0).reshape(event.shape[axis], -1)
    found = list(_pairs(slices, None if expected is None else np.moveaxis(expected, axis, 0).reshape(slices.shape)))
    if not found:
        return None
    farthest = max(abs(pairs.deviate) for _, pairs in found)
    suspect = [(lag, pairs) for lag, pairs in found if abs(pairs.deviate) >= min(farthest, SUSPECT)]
    figures = [(lag, pairs.figure(alpha / (len(slices) - 1))) for lag, pairs in suspect]
    lag, worst = max(figures, key=lambda each: each[1].strain)
    return Figure(worst.measured, 0.0, worst.low, worst.high, worst.n, where=f"lag {lag}")


def _pairs(slices: Array, expected: Array | None) -> Iterator[tuple[int, _Pairs]]:
    """Yield lag and pairs of `slices` `[number, size]` that are a lag apart, disjoint, where there is anything to see.

    Every slice is multiplied by every other once: a lag adds up some of these products.
    """
    events, places = slices.astype(np.float64), np.arange(len(slices))
    marked, both = events.sum(axis=1), events @ events.T
    known = None if expected is None else _products(events - expected, expected * (1 - expected))
    for lag in range(1, len(slices)):
        here = places[(places % (2 * lag) < lag) & (places + lag < len(slices))]
        at = here, here + lag
        normal = None
        if known is not None:
            spread = math.sqrt(known[1][at].sum())
            if spread == 0:
                continue
            normal = float(known[0][at].sum()) / spread
        first, second, joint = (int(each.sum()) for each in (marked[at[0]], marked[at[1]], both[at]))
        found = _Pairs(here.size * slices.shape[1], first, second, joint, normal)
        if normal is not None or found.spread:
            yield lag, found


def _products(*parts: Array) -> tuple[Array, ...]:
    return tuple(each @ each.T for each in parts)


@dataclass(frozen=True)
class _Pairs:
    """Pairs of events: how many there are, with the first event, with the second, with both."""

    n: int
    first: int
    second: int
    both: int
    normal: float | None
    """The deviate where the events are not equally likely."""

    @property
    def spread(self) -> float:
        return math.sqrt(self.first * (self.n - self.first)) * math.sqrt(self.second * (self.n - self.second))

    @property
    def correlation(self) -> float:
        return (self.n * self.both - self.first * self.second) / self.spread

    @property
    def deviate(self) -> float:
        return self.correlation * math.sqrt(self.n) if self.normal is None else self.normal

    def figure(self, alpha: float) -> Figure:
        if self.normal is not None:
            scale, limit = 1 / math.sqrt(self.n), float(stats.norm.isf(alpha / 2))
            return Figure(self.normal * scale, 0.0, -limit * scale, limit * scale, self.n)
        ends = hypergeometric(self.n, self.first, self.second, alpha)
        low, high = ((self.n * k - self.first * self.second) / self.spread for k in ends)
        return Figure(self.correlation, 0.0, low, high, self.n)
