"""Components of variance of a full crossing with one run a cell, by expected mean squares.

Every effect is random: sources of randomness are drawn afresh in the next study. For a set U of factors,
``E[MS_U] = sum over V containing U of (product of levels outside V) var_V``, which the alternating sum over the sets
that contain U inverts (Searle, Casella and McCulloch 1992, chapter 4). The last component is the interaction of all
factors, which cannot be told from what nothing explains.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.base.records import Record
from analysis.methods import random_effects
from analysis.tables.item_groups import ItemGroups

DRAWS = 100_000
SEED = 20_240_301
"""Seed of the pivotal quantities behind the intervals; recorded."""

Factors = frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Component(Record):
    """One source, or interaction of sources.

    Parameters
    ----------
    factors : tuple of str
    df : int
    mean_square : float
    estimate : float
        As the mean squares give it; may be negative.
    variance, low, high : float
        The estimate, at least 0, and the ends of its interval.
    share, share_low, share_high : float or None
        Share of the sum of all components; None where the sum is 0.
    """

    factors: tuple[str, ...]
    df: int
    mean_square: float
    estimate: float
    variance: float
    low: float
    high: float
    share: float | None
    share_low: float | None
    share_high: float | None


def components(values: np.ndarray, names: Sequence[str], alpha: float) -> list[Component]:
    """Return the components of `values`, one axis a factor of `names`, each with 2 or more levels.

    Intervals at 1 - alpha by generalised pivotal quantities (Weerahandi 1993): each mean square is replaced by
    df MS / chi-squared, draw by draw, and a component or share is what the draws give, cut off at 0, a share at 1 too.
    Shares are of the sum of the components as drawn, negative ones too: with each cut off at 0 first, the sum would be
    too large, and the last component's share, where it is nearly all there is, would lie above its interval.
    """
    squares = mean_squares(values)
    sets = list(squares)
    estimates = {each: _component(each, {v: ms for v, (_, ms) in squares.items()}, values.shape) for each in sets}
    rng = np.random.Generator(np.random.PCG64(SEED))
    drawn = {each: df * ms / rng.chisquare(df, DRAWS) for each, (df, ms) in squares.items()}
    pivots = {each: _component(each, drawn, values.shape) for each in sets}
    total, whole = sum(max(0.0, float(v)) for v in estimates.values()), sum(pivots.values())
    ends = [alpha / 2, 1 - alpha / 2]
    found = []
    for each in sets:
        low, high = np.quantile(np.maximum(pivots[each], 0.0), ends)
        share = None if total == 0 else max(0.0, float(estimates[each])) / total
        drawn_shares = np.clip(pivots[each] / np.maximum(whole, 1e-300), 0.0, 1.0)
        shares = (None, None) if total == 0 else np.quantile(drawn_shares, ends)
        found.append(
            Component(
                factors=tuple(names[i] for i in sorted(each)),
                df=squares[each][0],
                mean_square=squares[each][1],
                estimate=float(estimates[each]),
                variance=max(0.0, float(estimates[each])),
                low=float(low),
                high=float(high),
                share=share,
                share_low=None if shares[0] is None else float(shares[0]),
                share_high=None if shares[1] is None else float(shares[1]),
            )
        )
    return found


def mean_squares(values: np.ndarray) -> dict[Factors, tuple[int, float]]:
    """Return (degrees of freedom, mean square) of each set of factors, small sets first."""
    axes = range(values.ndim)
    found = {}
    for size in range(1, values.ndim + 1):
        for chosen in itertools.combinations(axes, size):
            effect = values - 0.0
            for axis in axes:
                mean = effect.mean(axis=axis, keepdims=True)
                effect = effect - mean if axis in chosen else np.broadcast_to(mean, effect.shape)
            df = math.prod(values.shape[axis] - 1 for axis in chosen)
            found[frozenset(chosen)] = (df, float((effect**2).sum()) / df)
    return found


def _component(own: Factors, squares: Mapping[Factors, float | np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    """Return the variance component of the factors `own` from the mean squares of all sets."""
    signed = [(-1) ** (len(each) - len(own)) * np.asarray(ms) for each, ms in squares.items() if each >= own]
    levels = math.prod(size for axis, size in enumerate(shape) if axis not in own)
    return np.sum(signed, axis=0) / levels


@dataclass(frozen=True)
class SeedVariance:
    """The variance over seeds of an arm's test accuracy, split by what a new test set would show of it.

    Parameters
    ----------
    total : float
        As seen on this test set.
    lasting : float
        What a new test set would show too: some seeds are better networks. May be negative by chance; then 0.
    churn : float
        What comes of this test set being finite: seeds that err on other images, not on more (Jordan 2023).
    """

    total: float
    lasting: float
    churn: float


def split_seed_variance(correct: np.ndarray, groups: ItemGroups | None = None) -> SeedVariance:
    """Return the split from `correct` [S, N], 0 or 1, S and N (or the groups of images) at least 2.

    A square of 0 or 1 is itself, so that counts of seeds and of images give every sum of squares, in whole numbers:
    what is 0 is exactly 0.
    """
    seeds, images = correct.shape
    of_seed, of_image = correct.sum(axis=1, dtype=np.int64), correct.sum(axis=0, dtype=np.int64)
    right, by_seed, by_image = int(of_seed.sum()), int(of_seed @ of_seed), int(of_image @ of_image)
    between = seeds * by_seed - right**2
    rest = seeds * images * right - seeds * by_seed - images * by_image + right**2
    scale = seeds * (seeds - 1) * images**2
    total, churn = between / scale, rest / (scale * (images - 1))
    if groups is not None and rest > 0:
        churn = random_effects.mean_squares(correct, None, groups).interaction / groups.number
    return SeedVariance(total, max(0.0, total - churn), churn)
