"""Sign agreement: how often fewer seeds would have pointed the other way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analysis.base.records import Record
from analysis.methods.result import Finding, OfPairs
from analysis.tables.pairing import Pairs
from analysis.tables.question import Question

SIZES = (1, 3, 5, 10)
SUBSETS = 20_000
SEED = 20_240_303
"""Seed of the subsets drawn; recorded."""
_SORTED_UP_TO = 1000
"""Up to this many seeds a subset is the first of all seeds in random order; above, drawn until no seed comes twice."""


@dataclass(frozen=True, kw_only=True)
class SignAgreement(OfPairs):
    """Shares of studies of fewer of these seeds whose mean difference has the opposite sign.

    Parameters
    ----------
    opposite_sign_1, opposite_sign_3, opposite_sign_5, opposite_sign_10 : float or None
        Share of studies of so many seeds; None where these are more than half of the seeds, or the mean of all is 0.
    """

    opposite_sign_1: float | None = None
    opposite_sign_3: float | None = None
    opposite_sign_5: float | None = None
    opposite_sign_10: float | None = None

    @classmethod
    def of(cls, pairs: Pairs, question: Question) -> Finding[Record]:
        """Return the shares of one comparison."""
        return opposite_sign(pairs)

    @property
    def opposite_sign(self) -> Mapping[int, float | None]:
        """The shares by the number of seeds."""
        shares = (self.opposite_sign_1, self.opposite_sign_3, self.opposite_sign_5, self.opposite_sign_10)
        return dict(zip(SIZES, shares, strict=True))


def opposite_sign(pairs: Pairs) -> Finding[SignAgreement]:
    """Return, for each of `SIZES`, the share of studies of so many of these seeds with a mean of the other sign.

    Notes
    -----
    Subsets without replacement: every seed by itself for a size of 1, `SUBSETS` random ones else. A mean of exactly 0
    counts half. Null for sizes above half of the seeds, whose subsets are hardly studies of their own, and where the
    mean over all seeds is 0. Descriptive: the sign that counts as right is that of all seeds, right or wrong.
    """
    differences, n = pairs.differences, pairs.n
    side = np.sign(differences.sum()) if n else 0.0
    known = [size for size in SIZES if 2 * size <= n]
    if side == 0 or not known:
        return Finding(SignAgreement())
    drawn = differences[_subsets(n, max(known))]
    shares: dict[int, float] = {}
    for size in known:
        sums = differences if size == 1 else drawn[:, :size].sum(axis=1)
        shares[size] = float(np.mean((1 - np.sign(sums) * side) / 2))
    one, three, five, ten = map(shares.get, SIZES)
    return Finding(
        SignAgreement(opposite_sign_1=one, opposite_sign_3=three, opposite_sign_5=five, opposite_sign_10=ten)
    )


@lru_cache(maxsize=2)
def _subsets(n: int, size: int) -> np.ndarray:
    """Return `SUBSETS` random samples of `size` of n places without replacement, each in random order."""
    rng = np.random.Generator(np.random.PCG64([SEED, n]))
    if n > _SORTED_UP_TO:
        places = rng.integers(n, size=(SUBSETS, size))
        while (again := (np.diff(np.sort(places, axis=1), axis=1) == 0).any(axis=1)).any():
            places[again] = rng.integers(n, size=(int(again.sum()), size))
        return places
    keys = rng.random((SUBSETS, n))
    least = keys.argpartition(size - 1, axis=1)[:, :size]
    return np.take_along_axis(least, np.take_along_axis(keys, least, axis=1).argsort(axis=1), axis=1)
