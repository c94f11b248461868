"""The seeds at which every cell of a factorial trained, and each effect's contrast at every one of them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.factorial.contrasts import Effect
from analysis.tables.images import Images
from analysis.tables.metric import Arm, Measured
from analysis.tables.pairing import SEEDS, Pairs, pair
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.table import Dropped
from bench.schema.known_metrics import is_accuracy

EXACT = 2**53
"""Whole numbers up to this are exact as floats."""

DIVERGED = "diverged: the block of this seed is not complete"
BROKEN = "in no complete block: another cell of this seed diverged or is missing"


@dataclass(frozen=True, eq=False)
class Blocks:
    """The cells of a factorial at their seeds.

    Parameters
    ----------
    cells : tuple of str
        Their conditions.
    complete, ended : tuple of Arm
        One per cell, at the seeds at which all trained; at those at which all ended.
    scale : int or None
        Common denominator of all values; None where the metric is no count.
    chance : float or None
        Score of a diverged trial that has no number; None: it has no score.
    scored : bool
        Whether a diverged trial has a score at all: an accuracy.
    lost : tuple of int
        Seeds at which all ended and some diverged.
    dropped : tuple of Dropped
        Trials of seeds whose block is not complete.
    absent : mapping of condition to seeds
        Seeds of other cells at which a cell has no trial, or no value.
    """

    cells: tuple[str, ...]
    complete: tuple[Arm, ...]
    ended: tuple[Arm, ...]
    scale: int | None
    chance: float | None
    scored: bool
    lost: tuple[int, ...]
    dropped: tuple[Dropped, ...]
    absent: Mapping[str, tuple[int, ...]]

    @property
    def seeds(self) -> np.ndarray:
        """Seeds of the complete blocks [n], ascending."""
        return self.complete[0].seeds

    @property
    def values(self) -> np.ndarray:
        """The metric in complete blocks, [n, cells]."""
        return np.column_stack([arm.value for arm in self.complete])


def blocks(measured: Measured, cells: Sequence[str], chance: float | None) -> Blocks:
    """Return the cells by seed key."""
    arms = [measured.arms[label] for label in cells]
    common = functools.reduce(np.intersect1d, [arm.seeds for arm in arms])
    ended = [_on(arm, common) for arm in arms]
    broke = np.logical_or.reduce([arm.diverged for arm in ended])
    complete = common[~broke]
    every = functools.reduce(np.union1d, [arm.seeds for arm in arms])
    missing = {label: np.setdiff1d(every, arm.seeds) for label, arm in zip(cells, arms, strict=True)}
    return Blocks(
        cells=tuple(cells),
        complete=tuple(_on(arm, complete) for arm in ended),
        ended=tuple(ended),
        scale=measured.scale,
        chance=chance,
        scored=is_accuracy(measured.metric),
        lost=tuple(int(seed) for seed in common[broke]),
        dropped=tuple(_dropped(dict(zip(cells, arms, strict=True)), complete)),
        absent={label: tuple(map(int, seeds)) for label, seeds in missing.items() if len(seeds)},
    )


def _on(arm: Arm, seeds: np.ndarray) -> Arm:
    return arm.at(np.searchsorted(arm.seeds, seeds))


def _dropped(arms: Mapping[str, Arm], complete: np.ndarray) -> list[Dropped]:
    found = []
    for label, arm in arms.items():
        others = ~np.isin(arm.seeds, complete) & ~arm.diverged
        for seeds, why in ((arm.seeds[arm.diverged], DIVERGED), (arm.seeds[others], BROKEN)):
            if len(seeds):
                found.append(Dropped(label, tuple(int(seed) for seed in seeds), why))
    return found


def contrasted(found: Blocks, effect: Effect) -> Arms:
    """Return an effect as two sides paired by seed: what its contrast adds, and what it takes away."""
    complete = _pairs(found, effect, found.complete, found.scale)
    intention = None
    if not found.lost:
        intention = complete if found.scored else None
    elif found.scored:
        scored = [_scored(arm, found.chance) for arm in found.ended]
        if all(np.isfinite(arm.value).all() for arm in scored):
            intention = _pairs(found, effect, scored, None)
    return Arms(complete, intention, intention or complete, (), (), found.lost, (0, 0))


def _scored(arm: Arm, chance: float | None) -> Arm:
    value = np.where(np.isnan(arm.value), np.nan if chance is None else chance, arm.value)
    return Arm(arm.seeds, value, arm.numerator, arm.diverged)


def _pairs(found: Blocks, effect: Effect, arms: Sequence[Arm], scale: int | None) -> Pairs:
    weights, divisor = effect.whole()
    names, seeds = (effect.name, "nothing"), arms[0].seeds
    if scale is not None and float(np.abs(weights).sum()) * _largest(arms) < EXACT and scale * divisor < EXACT:
        counts = np.column_stack([arm.numerator for arm in arms])
        positive, negative = counts @ np.maximum(weights, 0), counts @ np.maximum(-weights, 0)
        return replace(pair(names, seeds, positive, negative, scale * divisor), unit=SEEDS)
    values, parts = np.column_stack([arm.value for arm in arms]), weights / divisor
    return replace(pair(names, seeds, values @ np.maximum(parts, 0), values @ np.maximum(-parts, 0)), unit=SEEDS)


def _largest(arms: Sequence[Arm]) -> float:
    return max((float(np.abs(arm.numerator).max()) for arm in arms if len(arm.numerator)), default=0.0)


@dataclass(frozen=True, eq=False)
class ContrastImages:
    """Which test images each cell got right, as what every contrast gains at each seed and image."""

    images: Images
    cells: tuple[str, ...]
    effects: Mapping[str, Effect]

    @property
    def groups(self) -> np.ndarray | None:
        """The group of each image."""
        return self.images.groups

    def has(self, pairs: Pairs) -> bool:
        """Return whether every cell has its images at the seeds of `pairs`."""
        return all((cell, int(seed)) in self.images.packed for cell in self.cells for seed in pairs.seeds)

    def gains(self, pairs: Pairs) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the contrast at each seed and image, float64 [S, N], and what is added at each seed [S].

        For a gap the contrast at an image is that of the errors, and the contrast of training accuracies is added.
        """
        weights, divisor = self.effects[pairs.condition].whole()
        offset = self.images.offset
        total, added = np.zeros((pairs.n, self.images.total)), np.zeros(pairs.n)
        for cell, weight in zip(self.cells, weights, strict=True):
            if weight:
                total += float(weight) * self.images.correct(cell, pairs.seeds)
                added += 0.0 if offset is None else float(weight) * _on(offset.arms[cell], pairs.seeds).value
        if offset is None:
            return total / divisor, None
        return -total / divisor, added / divisor
