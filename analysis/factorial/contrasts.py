"""Main, simple and joint effects as contrasts over the cells of a full factorial: exact fractions, signs stated."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
        The one contrast with a sign. Of one factor: highest level minus lowest (of two names: second minus first). Of
        several factors: how that changes from the lowest to the highest level of the next, so A1B1 - A0B1 - A1B0 +
        A0B0. Averaged over the levels of all other factors, each counted alike. None where a factor has more than two
        levels that are no numbers.
    projection : ndarray of float64, [cells, cells]
        Onto everything that the effect may be.
    means : ndarray of float64, [cells, levels]
        What makes the mean at each level, or combination of levels, of these factors.
    between : tuple of (level, level)
        Of each factor, the levels that the contrast is between: the second minus the first.
    at : tuple of Factor and level, or None
        The factor that is held in a simple effect, and where.
    against_reference : tuple of Effect
        Of one factor with more than two levels that are no numbers: each level against the first one.
    """

    name: str
    factors: tuple[Factor, ...]
    df: int
    weights: tuple[Fraction, ...] | None
    projection: np.ndarray
    means: np.ndarray
    between: tuple[tuple[Level, Level], ...]
    at: tuple[Factor, Level] | None = None
    against_reference: tuple[Effect, ...] = ()

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
    over = {index: _weights_over(each, index, held) for index, each in enumerate(factors) if index not in chosen}
    whole = Effect(
        name=name,
        factors=mine,
        df=math.prod(len(each.levels) - 1 for each in mine),
        weights=None,
        projection=functools.reduce(np.kron, [_part(each, index, chosen, held) for index, each in enumerate(factors)]),
        means=functools.reduce(np.kron, [_mean(each, index, chosen, held) for index, each in enumerate(factors)]),
        between=tuple((each.levels[0], each.levels[-1]) for each in mine),
        at=at,
    )
    if all(each.has_ends for each in mine):
        return replace(whole, weights=_product(over | {index: ends(factors[index]) for index in chosen}))
    if len(mine) > 1:
        return whole
    place, named = next(zip(chosen, mine, strict=True))
    each_level = (
        replace(
            whole,
            name=f"{name}: {Factor.tell(level)}",
            df=1,
            weights=_product(over | {place: _against_first(named, index)}),
            between=((named.levels[0], level),),
        )
        for index, level in enumerate(named.levels)
        if index
    )
    return replace(whole, against_reference=tuple(each_level))


def _product(columns: Mapping[int, Sequence[Fraction]]) -> tuple[Fraction, ...]:
    """Return the weights of the cells from those of each factor's levels, by the factor's place."""
    ordered = [columns[index] for index in sorted(columns)]
    return tuple(math.prod(row, start=Fraction(1)) for row in itertools.product(*ordered))


def _against_first(factor: Factor, place: int) -> tuple[Fraction, ...]:
    """Return the weights of the level at this place minus the first one."""
    return tuple(Fraction(int(index == place) - int(index == 0)) for index in range(len(factor.levels)))


def _mean(factor: Factor, index: int, chosen: Sequence[int], held: tuple[int, int] | None) -> np.ndarray:
    """Return what makes means within one factor [levels, levels] where it varies, else [levels, 1]."""
    if index in chosen:
        return np.eye(len(factor.levels))
    return np.array([_weights_over(factor, index, held)], float).T


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


def ends(factor: Factor) -> tuple[Fraction, ...]:
    """Return the weights of the highest level minus the lowest."""
    return Fraction(-1), *[Fraction(0)] * (len(factor.levels) - 2), Fraction(1)
