"""Do the intervals cover on data like these? Seeds are drawn with replacement, and what misses the value is counted.

The seeds at hand stand for all seeds: the value over them is the truth, and each drawn study has an interval that
covers it or not. Unlike flips of signs this shows what skewness and single runs do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.base.records import Record
from analysis.methods.multiplicity import common_seeds
from analysis.methods.result import why_untestable
from analysis.methods.signed_rank_distribution import counted_off
from analysis.methods.walsh_averages import WalshAverages
from analysis.tables.pairing import Pairs
from bench.schema.known_metrics import MEAN, TYPICAL

RESAMPLES = 2_000
SEED = 20_251_117
"""Seed of the draws; recorded."""

FEWEST = 8
"""Seeds below which the draws say nothing: they repeat too few values."""

TIMES = 2.5
"""An interval that misses this many times as often as it promises does not hold."""

LARGEST = 1_000
"""Seeds above which the typical difference is not checked: its averages of any two would be too many."""

_CELLS = 2_000_000
_ROUNDING = 1e-12

Misses = Callable[[np.ndarray], np.ndarray]
"""Whether the interval of each drawn study misses, bool [draws], from how often each seed was drawn, [draws, n]."""


@dataclass(frozen=True, kw_only=True)
class Resampled(Record):
    """How often the intervals of an estimand miss the value at all seeds, any condition, in studies of drawn seeds.

    Parameters
    ----------
    estimand : str
        ``typical`` or ``mean``.
    n : int
        Seeds that all conditions have, and of each drawn study.
    nominal, limit : float
        Error rate promised by all intervals together, and the one from which they do not hold.
    achieved : float or None
        Share of drawn studies in which any interval misses; None where there is no interval, or too few seeds, and for
        the typical difference above `LARGEST`.
    holds : bool or None
        Whether `achieved` is within the limit.
    """

    estimand: str
    n: int
    nominal: float
    limit: float
    achieved: float | None = None
    holds: bool | None = None


def resampled(complete: Sequence[Pairs], every: Sequence[Pairs], alpha: float) -> tuple[Resampled, ...]:
    """Return how often the intervals of the typical difference and of the mean miss, at alpha over the family.

    Parameters
    ----------
    complete : sequence of Pairs
        The family, at the seeds at which both trained: what the mean is over.
    every : sequence of Pairs
        The family at all seeds: what the typical difference is over.
    alpha : float

    Notes
    -----
    `RESAMPLES` studies of n seeds, drawn with replacement from the n that all conditions have; every condition takes
    the same seeds. The interval is that over seeds at alpha over the number of conditions.
    """
    return _of(TYPICAL, every, alpha, _typical_misses), _of(MEAN, complete, alpha, _mean_misses)


def _of(
    estimand: str, family: Sequence[Pairs], alpha: float, misses_of: Callable[[Pairs, float], Misses | None]
) -> Resampled:
    seeds = common_seeds([pairs for pairs in family if why_untestable(pairs) is None])
    inside = [each for pairs in family if (each := pairs.on(seeds)).n >= FEWEST and each.varies]
    found = Resampled(estimand=estimand, n=len(seeds), nominal=alpha, limit=TIMES * alpha)
    each_misses = [misses for pairs in inside if (misses := misses_of(pairs, alpha / len(family))) is not None]
    if not each_misses:
        return found
    missed = sum(int(np.any([misses(m) for misses in each_misses], axis=0).sum()) for m in _draws(len(seeds)))
    achieved = missed / RESAMPLES
    return Resampled(
        estimand=estimand,
        n=len(seeds),
        nominal=alpha,
        limit=TIMES * alpha,
        achieved=achieved,
        holds=achieved <= TIMES * alpha,
    )


def _draws(n: int) -> Iterator[np.ndarray]:
    """Yield how often each of `n` seeds is drawn in each study, [draws, n]."""
    rng, left = np.random.default_rng(SEED), RESAMPLES
    while left:
        take = min(left, max(1, _CELLS // n))
        yield rng.multinomial(n, np.full(n, 1 / n), size=take)
        left -= take


def _mean_misses(pairs: Pairs, alpha: float) -> Misses | None:
    """Return what tells whether the t interval at 1 - alpha misses the mean; without variation there is none."""
    n, centred = pairs.n, pairs.differences - pairs.differences.mean()
    critical = -float(special.stdtrit(n - 1, alpha / 2))

    def misses(drawn: np.ndarray) -> np.ndarray:
        mean, squares = drawn @ centred / n, drawn @ centred**2 / n
        variance = (squares - mean**2) * n / (n - 1)
        return (variance > _ROUNDING * squares) & (n * mean**2 > critical**2 * variance)

    return misses


def _typical_misses(pairs: Pairs, alpha: float) -> Misses | None:
    """Return what tells whether the signed-rank interval at 1 - alpha misses the Hodges-Lehmann estimate.

    Its lower end is above a value where fewer Walsh averages than lie outside at each end are at most that value; of a
    drawn study these are counted from how often each seed was drawn, without forming them.
    """
    n, steps = pairs.n, np.sort(pairs.differences)
    order = np.argsort(pairs.differences, kind="stable")
    outside = counted_off(n, alpha / 2) if n <= LARGEST else 0
    if not outside:
        return None
    doubled = 2 * WalshAverages(steps).median
    slack = 4 * pairs.resolution
    up_to = np.searchsorted(steps, doubled - steps + slack, side="right")
    below = np.searchsorted(steps, doubled - steps - slack, side="left")
    twice = 2 * steps
    own_up_to, own_from = twice <= doubled + slack, twice >= doubled - slack

    def misses(drawn: np.ndarray) -> np.ndarray:
        times = drawn[:, order]
        reached = np.concatenate([np.zeros((len(times), 1), times.dtype), np.cumsum(times, axis=1)], axis=1)
        number_up_to = ((times * reached[:, up_to]).sum(axis=1) + times @ own_up_to) // 2
        number_from = ((times * (n - reached[:, below])).sum(axis=1) + times @ own_from) // 2
        return np.minimum(number_up_to, number_from) < outside

    return misses
