"""Main, simple and joint effects as contrasts over the cells of a full factorial: exact fractions, signs stated."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.factorial.design import Crossing
from analysis.factorial.factors import Factor, Level

TIMES = " × "


@dataclass(frozen=True, eq=False)
class Effect:
    """A main effect (one factor), an interaction (two or more), or a simple effect (one factor at a level of another).

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
    at : tuple of Factor and level, or None
        The factor that is held in a simple effect, and where.
    """

    name: str
    factors: tuple[Factor, ...]
    df: int
    weights: tuple[Fraction, ...] | None
    projection: np.ndarray
    at: tuple[Factor, Level] | None = None

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
    """Return every main effect and interaction: those of one factor first, then of two, and so on."""
    factors = crossing.factors
    return tuple(
        _effect(factors, chosen)
        for order in range(1, len(factors) + 1)
        for chosen in itertools.combinations(range(len(factors)), order)
    )


def simple_effects(crossing: Crossing) -> tuple[Effect, ...]:
    """Return the effect of each factor at each level of each other one, averaged over those of all others.

    Two factors after another, as their interactions come in `effects`: the first at each level of the second, then the
    second at each level of the first.
    """
    factors = crossing.factors
    return tuple(
        _effect(factors, (varied,), (held, place))
        for pair in itertools.combinations(range(len(factors)), 2)
        for varied, held in (pair, pair[::-1])
        for place in range(len(factors[held].levels))
    )


def _effect(factors: Sequence[Factor], chosen: Sequence[int], held: tuple[int, int] | None = None) -> Effect:
    """Return the effect of the `chosen` factors, at the `held` factor's level at that place."""
    mine = tuple(factors[index] for index in chosen)
    name, at = TIMES.join(each.name for each in mine), None
    if held is not None:
        at = factors[held[0]], factors[held[0]].levels[held[1]]
        name += f" at {at[0].name} {Factor.tell(at[1])}"
    weights = None
    if all(each.has_trend for each in mine):
        columns = [
            trend(each) if index in chosen else _weights_over(each, index, held) for index, each in enumerate(factors)
        ]
        weights = tuple(math.prod(row, start=Fraction(1)) for row in itertools.product(*columns))
    return Effect(
        name=name,
        factors=mine,
        df=math.prod(len(each.levels) - 1 for each in mine),
        weights=weights,
        projection=functools.reduce(np.kron, [_part(each, index, chosen, held) for index, each in enumerate(factors)]),
        at=at,
    )


def _part(factor: Factor, index: int, chosen: Sequence[int], held: tuple[int, int] | None) -> np.ndarray:
    """Return the projection within one factor [levels, levels]: its differences, one level, or its mean."""
    size = len(factor.levels)
    if held is not None and index == held[0]:
        return np.diag(np.arange(size) == held[1]).astype(float)
    mean = np.full((size, size), 1 / size)
    return np.eye(size) - mean if index in chosen else mean


def _weights_over(factor: Factor, index: int, held: tuple[int, int] | None) -> tuple[Fraction, ...]:
    """Return the weights of the levels of a factor that does not vary: one level, or each alike."""
    size = len(factor.levels)
    if held is not None and index == held[0]:
        return tuple(Fraction(int(place == held[1])) for place in range(size))
    return (Fraction(1, size),) * size


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
