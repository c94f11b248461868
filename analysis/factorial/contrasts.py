"""Main effects and interactions as contrasts over the cells of a full factorial: exact fractions, signs stated."""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.factorial.design import Crossing
from analysis.factorial.factors import Factor

TIMES = " × "


@dataclass(frozen=True, eq=False)
class Effect:
    """A main effect (one factor) or an interaction (two or more).

    Parameters
    ----------
    name : str
    factors : tuple of Factor
    df : int
        Independent contrasts that it consists of.
    weights : tuple of Fraction, [cells], or None
        The one contrast with a sign. A factor with two levels: higher minus lower (of names: second minus first). Of
        more, where these are numbers: what a straight line through the levels, fitted by least squares, rises from the
        lowest to the highest. Of several factors: how that changes from the lowest to the highest level of the next, so
        A1B1 - A0B1 - A1B0 + A0B0. Averaged over the levels of all other factors, each counted alike. None where a
        factor has more than two levels that are no numbers.
    projection : ndarray of float64, [cells, cells]
        Onto everything that the effect may be.
    """

    name: str
    factors: tuple[Factor, ...]
    df: int
    weights: tuple[Fraction, ...] | None
    projection: np.ndarray

    @property
    def kind(self) -> str | None:
        """``difference`` where all factors have two levels, ``trend`` with a straight line in it, None without sign."""
        if self.weights is None:
            return None
        return "difference" if all(len(each.levels) == 2 for each in self.factors) else "trend"

    def whole(self) -> tuple[np.ndarray, int]:
        """Return the weights as whole numbers [cells], and what they are to be divided by."""
        assert self.weights is not None
        divisor = math.lcm(*(each.denominator for each in self.weights))
        return np.array([int(each * divisor) for each in self.weights], np.int64), divisor


def effects(crossing: Crossing) -> tuple[Effect, ...]:
    """Return every effect: those of one factor first, then of two, and so on."""
    factors = crossing.factors
    return tuple(
        _effect(factors, frozenset(chosen))
        for order in range(1, len(factors) + 1)
        for chosen in itertools.combinations(range(len(factors)), order)
    )


def _effect(factors: tuple[Factor, ...], chosen: frozenset[int]) -> Effect:
    mine = tuple(each for index, each in enumerate(factors) if index in chosen)
    sizes = [len(each.levels) for each in factors]
    means = [np.full((size, size), 1 / size) for size in sizes]
    parts = [
        np.eye(size) - mean if index in chosen else mean
        for index, (size, mean) in enumerate(zip(sizes, means, strict=True))
    ]
    weights = None
    if all(each.has_trend for each in mine):
        columns = [trend(each) if index in chosen else _mean(each) for index, each in enumerate(factors)]
        weights = tuple(math.prod(row, start=Fraction(1)) for row in itertools.product(*columns))
    return Effect(
        name=TIMES.join(each.name for each in mine),
        factors=mine,
        df=math.prod(len(each.levels) - 1 for each in mine),
        weights=weights,
        projection=functools.reduce(np.kron, parts),
    )


def trend(factor: Factor) -> tuple[Fraction, ...]:
    """Return the weights of the rise of the least-squares line from the lowest to the highest level.

    (x - mean x) (max x - min x) / sum (x - mean x)^2; of two levels, -1 and 1.
    """
    if len(factor.levels) == 2:
        return Fraction(-1), Fraction(1)
    x = [Fraction(repr(each)) for each in factor.levels]
    mean = sum(x, Fraction(0)) / len(x)
    squares = sum(((each - mean) ** 2 for each in x), Fraction(0))
    return tuple((each - mean) * (x[-1] - x[0]) / squares for each in x)


def _mean(factor: Factor) -> tuple[Fraction, ...]:
    size = len(factor.levels)
    return (Fraction(1, size),) * size
