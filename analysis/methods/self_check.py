"""Do the error rates hold on these very data? Signs of the centred differences are flipped, and every claim counted.

Centred differences with flipped signs are data in which nothing differs, shaped as the user's own. What is claimed of
them is an error. That holds as far as the differences are symmetric: flips say nothing of skewness.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.base.records import Record
from analysis.methods.multiplicity import common_seeds
from analysis.methods.paired_t import half_width
from analysis.methods.resampling import RESAMPLES, Resampled, resampled
from analysis.methods.resampling import SEED as RESAMPLE_SEED
from analysis.methods.result import why_untestable
from analysis.methods.sign_flip import EXACT_UP_TO, flip, flip_chunks
from analysis.methods.simultaneous import critical_values
from analysis.tables.pairing import Pairs

FLIPS = 2_000
SEED = 20_240_302
"""Seed of the flips above `EXACT_UP_TO` seeds; recorded."""
SURE = 0.999
"""An error rate fails above the quantile of its binomial distribution at this level."""

LEVELS = tuple(round(0.005 * step, 3) for step in range(1, 41))
"""Nominal levels of ``calibration``: those at which anybody claims something."""

FAILS, CONSERVATIVE, HOLDS = "fails", "conservative", "holds"
NOTE = "Flips leave every difference as far from the mean as it is: they cannot show what skewness does."
_SIGNS_AT_ONCE = 1 << 22
"""Numbers that are held at once: with very many seeds, all flips would fill the memory."""


@dataclass(frozen=True, kw_only=True)
class Check(Record):
    """One error rate of one method on flipped data.

    Parameters
    ----------
    name : str
        Name of the method, and what it is an error rate of.
    nominal, achieved : float
        Error rate promised, and on these data.
    limit, floor : float
        Achieved rates that a sound method stays within.
    verdict : str
        ``fails`` above the limit, ``conservative`` below the floor, else ``holds``.
    """

    name: str
    nominal: float
    achieved: float
    limit: float
    floor: float
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Calibration(Record):
    """Error rates of each method at many nominal levels.

    Parameters
    ----------
    levels : tuple of float
        Nominal error rates.
    achieved : mapping of a check's name to its error rates
        One per level.
    limit, floor : tuple of float
        Those of a check, one per level.
    """

    levels: tuple[float, ...]
    achieved: Mapping[str, tuple[float, ...]]
    limit: tuple[float, ...]
    floor: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class SelfCheck(Record):
    """Error rates of the methods on flipped data of a family of conditions, and of intervals on resampled seeds.

    Parameters
    ----------
    n : int
        Seeds that all conditions have.
    conditions : tuple of str
        Those that can be checked.
    seed : int
        Seed of the flips that are drawn.
    note : str
        What flips cannot show.
    flips : int
    exhaustive : bool
        Whether these are all that there are.
    checks : tuple of Check
        At alpha; empty where nothing can be checked.
    calibration : Calibration or None
        At `LEVELS`; None where nothing can be checked.
    resamples, resample_seed : int
        Studies of drawn seeds, and the seed of the draws.
    resampled : tuple of Resampled
        How often the intervals of each estimand miss in them.
    """

    n: int
    conditions: tuple[str, ...]
    seed: int = SEED
    note: str = NOTE
    flips: int = 0
    exhaustive: bool = False
    checks: tuple[Check, ...] = ()
    calibration: Calibration | None = None
    resamples: int = RESAMPLES
    resample_seed: int = RESAMPLE_SEED
    resampled: tuple[Resampled, ...] = ()


def self_check(family: Sequence[Pairs], alpha: float, every: Sequence[Pairs] | None = None) -> SelfCheck:
    """Return the error rates of the methods on flipped data, at alpha and at every one of `LEVELS`.

    Parameters
    ----------
    family : sequence of Pairs
        The conditions of one metric. They are taken on the seeds that all have.
    alpha : float
    every : sequence of Pairs, optional
        The same conditions, at all seeds: what the typical difference is over; `family` by default.

    Notes
    -----
    All flips are enumerated up to 14 seeds; above, `FLIPS` are drawn. Either way a rate is that of these magnitudes
    alone: a test that errs in 5% of all studies errs in somewhat more, or fewer, of the flips of any one of them.
    So a rate may be above nominal by the binomial quantile of as many flips (at most `FLIPS`), and by one step of the
    lattice, 2 / 2^n. By the step alone nine in ten studies of 10 seeds and normal differences would fail.
    """
    seeds = common_seeds([pairs for pairs in family if why_untestable(pairs) is None])
    inside = [each for pairs in family if (each := pairs.on(seeds)).n >= 2 and each.varies]
    n = len(seeds)
    conditions = tuple(pairs.condition for pairs in inside)
    drawn = resampled(family, family if every is None else every, alpha)
    if not inside:
        return SelfCheck(n=n, conditions=conditions, resampled=drawn)
    centred = np.column_stack([pairs.differences - pairs.differences.mean() for pairs in inside])
    t = np.concatenate([_t(centred, signs) for signs in _signs(n)])
    exhaustive = n <= EXACT_UP_TO
    levels = [alpha, *LEVELS]
    rates = _rates(inside, centred, t, levels)
    bounds = [_bounds(level, n, len(t)) for level in levels]
    return SelfCheck(
        n=n,
        conditions=conditions,
        flips=len(t),
        exhaustive=exhaustive,
        checks=tuple(checked(name, alpha, of_name[0], bounds[0]) for name, of_name in rates.items()),
        calibration=Calibration(
            levels=LEVELS,
            achieved={name: tuple(of_name[1:]) for name, of_name in rates.items()},
            limit=tuple(limit for limit, _ in bounds[1:]),
            floor=tuple(floor for _, floor in bounds[1:]),
        ),
        resampled=drawn,
    )


def checked(name: str, nominal: float, achieved: float, bounds: tuple[float, float]) -> Check:
    """Return an error rate with its verdict; `bounds` are its limit and its floor."""
    limit, floor = bounds
    verdict = FAILS if achieved > limit else CONSERVATIVE if achieved < floor else HOLDS
    return Check(name=name, nominal=nominal, achieved=achieved, limit=limit, floor=floor, verdict=verdict)


def _rates(
    inside: Sequence[Pairs], centred: np.ndarray, t: np.ndarray, levels: Sequence[float]
) -> dict[str, list[float]]:
    """Return the share of the flipped data of which each method claims something, at each of `levels`."""
    size, p = np.abs(t), _max_t_p(centred, t)
    alone = [float((size > half_width(1 - level, len(centred) - 1)).mean(axis=0).max()) for level in levels]
    reach = critical_values(inside, levels)
    return {
        "t test, each condition, worst": alone,
        "simultaneous intervals, any condition": [float((size > np.array(c)).any(axis=1).mean()) for c in reach],
        "max-t, any condition": [float((p <= level).mean()) for level in levels],
    }


def _signs(n: int) -> Iterator[np.ndarray]:
    """Yield rows of signs, -1 or 1, [flips, n]."""
    if n <= EXACT_UP_TO:
        yield from (1 - 2 * flipped for flipped in flip_chunks(n))
        return
    rng, rows = np.random.Generator(np.random.PCG64([SEED, n])), max(1, _SIGNS_AT_ONCE // n)
    for start in range(0, FLIPS, rows):
        yield rng.choice([-1.0, 1.0], (min(rows, FLIPS - start), n))


def _t(centred: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Return the t statistics [flips, K] of `centred` [n, K] with `signs` [flips, n]; a lack of variation is inf."""
    n = len(centred)
    mean = signs @ centred / n
    variance = ((centred**2).sum(axis=0) / n - mean**2) * n / (n - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return mean / np.sqrt(np.maximum(variance, 0.0) / n)


def _max_t_p(centred: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return the max-t test's least p [flips] of each of the flipped data.

    Flips of flipped data are flips of the data, so one reference serves them all.
    """
    n = len(centred)
    reference = np.sort(flip(centred, np.zeros(centred.shape[1])).u.max(axis=1))
    with np.errstate(divide="ignore"):
        u = np.sqrt(n / (1 + (n - 1) / t**2))
    reached = len(reference) - np.searchsorted(reference, u.max(axis=1) * (1 - 1e-9), side="left")
    return reached / len(reference)


def _bounds(alpha: float, n: int, flips: int) -> tuple[float, float]:
    step, counted = 2.0 ** (1 - n), min(flips, FLIPS)
    high, low = (math.ceil(special.bdtrik(level, counted, alpha)) / counted for level in (SURE, 1 - SURE))
    return high + step, low - step
