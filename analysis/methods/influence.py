"""How much of a mean rests on one seed: outcomes with a heavy tail have means that a single run can decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.base.notes import Note, Number
from analysis.base.records import Record
from analysis.methods.result import Finding, OfPairs
from analysis.tables.pairing import Pairs
from analysis.tables.question import LOG_RATIO, RAW, Question
from bench.schema.known_metrics import is_fraction

FRAGILE, FEWEST_FOR_FRAGILE = 0.5, 8
"""Share of the variance above which a mean of at least so many differences rests on one seed."""


@dataclass(frozen=True, kw_only=True)
class Influence(OfPairs):
    """The seed farthest from the others, and the mean without it; None below 3 pairs or without variation.

    Parameters
    ----------
    extreme_seed : int, str or None
        Seed whose difference is farthest from the median.
    mean_without_extreme : float or None
        Mean difference over all other seeds.
    variance_share_of_extreme_seed : float or None
        Share of the differences' sum of squares about their mean that this seed makes.
    """

    extreme_seed: int | str | None = None
    mean_without_extreme: float | None = None
    variance_share_of_extreme_seed: float | None = None

    def fragile(self, n: int) -> bool:
        """Return whether a mean of `n` differences rests on one seed: it makes more than half of the variance."""
        share = self.variance_share_of_extreme_seed
        return n >= FEWEST_FOR_FRAGILE and share is not None and share > FRAGILE

    @classmethod
    def of(cls, pairs: Pairs, question: Question) -> Finding[Record]:
        """Return the farthest seed of one comparison."""
        return influence(pairs)


def influence(pairs: Pairs) -> Finding[Influence]:
    """Return the seed whose difference is farthest from the median, and the mean difference without it.

    Notes
    -----
    The smallest such seed where several are as far. Null below 3 pairs or without variation. Descriptive: nothing may
    be left out for being far away.
    """
    if pairs.n < 3 or not pairs.varies:
        return Finding(Influence())
    farthest = int(np.argmax(np.abs(pairs.differences - np.median(pairs.differences))))
    others = float(np.delete(pairs.differences, farthest).mean()) / pairs.scale
    squares = (pairs.differences - pairs.differences.mean()) ** 2
    return Finding(
        Influence(
            extreme_seed=int(pairs.seeds[farthest]),
            mean_without_extreme=others,
            variance_share_of_extreme_seed=float(squares[farthest] / squares.sum()),
        )
    )


def fragile_means(
    found: Mapping[str, Influence], pairs: Mapping[str, Pairs], metric: str, scale: str = RAW
) -> list[Note]:
    """Return a warning for each seed that makes a mean fragile: of which conditions, and their means without it."""
    by_seed = dict[int | str | None, list[str]]()
    block = next((each.unit.key for each in pairs.values()), "")
    for label, each in found.items():
        if each.fragile(pairs[label].n) and each.mean_without_extreme is not None:
            by_seed.setdefault(each.extreme_seed, []).append(label)
    times, unit, code = (100, " points", "+.2f") if is_fraction(metric) else (1, "", "+.4g")
    if scale == LOG_RATIO:
        times, unit = 1, " in the logarithm of the ratio"
    notes = []
    for seed, labels in by_seed.items():
        shares = [found[label].variance_share_of_extreme_seed or 0.0 for label in labels]
        least, most = (f"{100 * of(shares):.0f}%" for of in (min, max))
        told: list[str] = []
        for label in labels:
            of = pairs[label]
            means = found[label].mean_without_extreme or 0.0, float(of.differences.mean()) / of.scale
            without, mean = (Number(f"{times * value:{code}}") for value in means)
            told += ["; " if told else "", f"{label} ", without, " instead of ", mean, unit]
        share = least if least == most else f"{least} to {most}"
        said = f"the mean is fragile: {block} {seed} makes {share} of the variance of the differences; without it: "
        notes.append(Note(said, *told))
    return notes
