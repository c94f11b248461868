"""Had the study stopped early: how often fewer seeds would have pointed the other way."""

from __future__ import annotations

import numpy as np

from analysis.methods.result import Finding, undefined
from analysis.tables.pairing import Pairs

SIZES = (1, 3, 5, 10)
KEYS = tuple(f"opposite_sign_{size}" for size in SIZES)
SUBSETS = 20_000
SEED = 20_240_303
"""Of the subsets drawn; recorded."""


def opposite_sign(pairs: Pairs) -> Finding:
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
        return undefined(KEYS)
    drawn = differences[_subsets(n, max(known))]
    shares: dict[str, float | None] = dict.fromkeys(KEYS)
    for size in known:
        sums = differences if size == 1 else drawn[:, :size].sum(axis=1)
        shares[f"opposite_sign_{size}"] = float(np.mean((1 - np.sign(sums) * side) / 2))
    return Finding(shares)


def _subsets(n: int, size: int) -> np.ndarray:
    """Return `SUBSETS` random samples of `size` of n places without replacement, each in random order."""
    keys = np.random.Generator(np.random.PCG64([SEED, n])).random((SUBSETS, n))
    least = keys.argpartition(size - 1, axis=1)[:, :size]
    return np.take_along_axis(least, np.take_along_axis(keys, least, axis=1).argsort(axis=1), axis=1)
