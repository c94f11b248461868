"""How much of a mean rests on one seed: outcomes with a heavy tail have means that a single run can decide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.records import Record
from analysis.methods.result import Finding, OfPairs
from analysis.tables.pairing import Pairs
from analysis.tables.question import Question


@dataclass(frozen=True, kw_only=True)
class Influence(OfPairs):
    """The seed farthest from the others, and the mean without it; None below 3 pairs or without variation.

    Parameters
    ----------
    extreme_seed : int or None
        Seed whose difference is farthest from the median.
    mean_without_extreme : float or None
        Mean difference over all other seeds.
    """

    extreme_seed: int | None = None
    mean_without_extreme: float | None = None

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
    return Finding(Influence(extreme_seed=int(pairs.seeds[farthest]), mean_without_extreme=others))
