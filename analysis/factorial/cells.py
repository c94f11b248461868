"""What the cells of a crossing hold: means with intervals within seeds, and their profiles over two factors."""

from __future__ import annotations

import itertools

import numpy as np

from analysis.factorial.blocks import Blocks
from analysis.factorial.design import Crossing
from analysis.factorial.result import Cell, Profile, ProfilePoint, WithinSeeds
from analysis.methods.paired_t import half_width


def cells(found: Crossing, held: Blocks, alpha: float) -> tuple[Cell, ...]:
    """Return every cell of a crossing: how many values, their mean, its interval within seeds, and their spread."""
    spread = within(held.values, alpha)
    made = []
    for index, (label, levels) in enumerate(zip(found.cells, found.combinations(), strict=True)):
        own, at = held.values[:, index], spread[index]
        sd = float(own.std(ddof=1)) if len(own) > 1 else None
        made.append(Cell(condition=label, levels=levels, n=len(own), sd=sd, mean=at.mean, low=at.low, high=at.high))
    return tuple(made)


def within(values: np.ndarray, alpha: float) -> list[WithinSeeds]:
    """Return mean, low and high of each column of `values` [n, k], each seed's own level taken out of the spread.

    Cousineau's (2005) intervals with Morey's (2008) correction: mean +- t (sd of y - the seed's mean) sqrt(k / (k - 1))
    / sqrt(n). They show how sure the pattern over the columns is, not its level.
    """
    n, k = values.shape
    means = values.mean(axis=0) if n else np.full(k, np.nan)
    reach: np.ndarray | None = None
    if n > 1 and k > 1:
        own = (values - values.mean(axis=1, keepdims=True)).std(axis=0, ddof=1) * np.sqrt(k / (k - 1))
        reach = half_width(1 - alpha, n - 1) * own / np.sqrt(n)
    return [
        WithinSeeds(
            mean=float(mean) if n else None,
            low=None if reach is None else float(mean - reach[index]),
            high=None if reach is None else float(mean + reach[index]),
        )
        for index, mean in enumerate(means)
    ]


def profiles(found: Crossing, held: Blocks, alpha: float) -> tuple[Profile, ...]:
    """Return the means at every combination of the levels of two factors, averaged over those of all others."""
    whole = held.values.reshape(len(held.seeds), *found.shape)
    made = []
    for one, other in itertools.combinations(range(len(found.shape)), 2):
        across, lines = sorted((one, other), key=lambda axis: (not found.factors[axis].numeric, -found.shape[axis]))
        others = tuple(1 + axis for axis in range(len(found.shape)) if axis not in (across, lines))
        table = whole.mean(axis=others) if others else whole
        if across > lines:
            table = table.swapaxes(1, 2)
        spread = within(table.reshape(len(table), found.shape[across] * found.shape[lines]), alpha)
        levels = itertools.product(found.factors[across].levels, found.factors[lines].levels)
        points = tuple(
            ProfilePoint(across=level, line=line, mean=at.mean, low=at.low, high=at.high)
            for (level, line), at in zip(levels, spread, strict=True)
        )
        made.append(Profile(across=found.factors[across].name, lines=found.factors[lines].name, points=points))
    return tuple(made)
