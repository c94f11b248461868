"""Sign-flip tests: exact under symmetry, jointly over a family by Westfall and Young's max-t.

Under the null hypothesis each seed's row of differences is as likely as its negative. The statistic is ``abs(t)``.
As ``t^2 = (n - 1) u^2 / (n - u^2)`` rises with ``u = abs(sum d) / sqrt(sum d^2)``, and flips leave ``sum d^2`` as it
is, ``u`` orders the flips as ``abs(t)`` does, and stays finite where a flip makes all differences equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.base.records import Record

EXACT_UP_TO = 14
"""Up to this many seeds all 2^n flips are enumerated."""

RANDOM_FLIPS = 99_999
"""B random flips otherwise; p = (b + 1) / (B + 1)."""

FLIP_SEED = 20_240_229
"""Recorded seed of all random flips."""


@dataclass(frozen=True, kw_only=True)
class RandomFlips(Record):
    """How flips are drawn, where they are.

    Parameters
    ----------
    number : int
    seed : int
    exact_up_to : int
        Seeds up to which all flips are enumerated.
    """

    number: int = RANDOM_FLIPS
    seed: int = FLIP_SEED
    exact_up_to: int = EXACT_UP_TO


_CHUNK = 2**21  # signs held at once
_PACKED = 2**27  # signs held at once, a bit each
_MOST_KEPT = 32
_kept: dict[bytes, np.ndarray] = {}
_TIE = 1e-11  # far above the rounding of u, far below the steps of u for differences that were counts


@dataclass(frozen=True, eq=False)
class Flips:
    """The statistic under every flip.

    Parameters
    ----------
    u : ndarray of float64, [flips, K]
        Row 0 is the data as they are.
    slack : ndarray of float64, [K]
        By how much two equal ``u`` of one condition may differ through rounding.
    """

    u: np.ndarray
    slack: np.ndarray

    def column(self, k: int) -> Flips:
        """Return the flips of condition `k` alone."""
        return Flips(self.u[:, [k]], self.slack[[k]])


def flip_chunks(n: int) -> Iterator[np.ndarray]:
    """Yield which of `n` seeds are flipped, 0 or 1 as float64 [flips, n], the unflipped row first.

    Up to `EXACT_UP_TO` all 2^(n-1) with the first seed never flipped (``u`` is the same for a row and its negative);
    else the unflipped row and `RANDOM_FLIPS` random ones from `FLIP_SEED`, a function of `n` alone.
    """
    if n <= EXACT_UP_TO:
        yield ((np.arange(0, 2**n, 2)[:, None] >> np.arange(n)) & 1).astype(float)
        return
    yield np.zeros((1, n))
    some = max(1, _CHUNK // n)
    for packed in _random_flips(n):
        for start in range(0, len(packed), some):
            yield np.unpackbits(packed[start : start + some], axis=1, count=n).astype(float)


def _random_flips(n: int) -> Iterator[np.ndarray]:
    """Yield `RANDOM_FLIPS` rows of which of `n` seeds are flipped, a bit each, uint8 [flips, ceil(n / 8)]."""
    rng = np.random.Generator(np.random.PCG64([FLIP_SEED, n]))
    left, width = RANDOM_FLIPS, -(-n // 8)
    while left:
        rows = min(left, max(1, _PACKED // n))
        yield np.frombuffer(rng.bytes(rows * width), np.uint8).reshape(rows, width)
        left -= rows


def _flipped_sums(differences: np.ndarray) -> np.ndarray:
    """Return the sum of the flipped rows of `differences` [n, K] for each of `flip_chunks`, [flips, K].

    Several methods flip the same differences at random, so the sums of the last ones are kept.
    """
    n = len(differences)
    if n <= EXACT_UP_TO:
        return np.concatenate([flipped @ differences for flipped in flip_chunks(n)])
    columns = {column.tobytes(): column for column in np.asarray(differences, float).T}
    missing = {key: column for key, column in columns.items() if key not in _kept}
    if missing:
        ones = np.ones(n)
        missing.setdefault(ones.tobytes(), ones)  # what centring takes off is a multiple of their sums
        _kept.update(zip(missing, _sums_of_random_flips(np.column_stack([*missing.values()])).T, strict=True))
    found = np.column_stack([_kept[column.tobytes()] for column in np.asarray(differences, float).T])
    while len(_kept) > _MOST_KEPT:
        del _kept[next(iter(_kept))]
    return found


def _sums_of_random_flips(differences: np.ndarray) -> np.ndarray:
    """Return the sums of `_flipped_sums` of random flips.

    Eight seeds at a time: each byte of flips is a place in the table of its 256 possible sums.
    """
    n, k = differences.shape
    byte = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).astype(float)
    padded = np.zeros((8 * -(-n // 8), k))
    padded[:n] = differences
    found = [np.zeros((1, k))]
    for packed in _random_flips(n):
        sums, part = np.zeros((len(packed), k)), np.empty((len(packed), k))
        for place, flipped in enumerate(np.ascontiguousarray(packed.T)):
            table = byte @ padded[8 * place : 8 * place + 8]
            sums += np.take(table, flipped, axis=0, out=part, mode="clip")  # no byte is beyond the table
        found.append(sums)
    return np.concatenate(found)


def flip(differences: np.ndarray, resolution: np.ndarray) -> Flips:
    """Flip whole rows of `differences` [n, K], each column with rounding error `resolution` [K] (0 for counts).

    Raises
    ------
    ValueError
        A column of zeros: it has nothing to flip.
    """
    n = len(differences)
    size = _size(differences)
    sums = differences.sum(axis=0) - 2.0 * _flipped_sums(differences)
    return Flips(np.abs(sums) / size, _TIE * np.sqrt(n) + 2 * n * resolution / size)


def _size(differences: np.ndarray) -> np.ndarray:
    size = np.sqrt((differences**2).sum(axis=0))
    if not (size > 0).all():
        raise ValueError("a condition whose differences are all zero has nothing to flip")
    return size


def single_step(flips: Flips) -> np.ndarray:
    """Return single-step max-t p-values, [K].

    The share of flips whose largest ``u`` over all conditions reaches the condition's own, the data themselves
    counted, so never 0 (Westfall and Young 1993, algorithm 2.5; Phipson and Smyth 2010). With one condition this is
    the plain sign-flip test of the mean.
    """
    largest = flips.u.max(axis=1)
    return np.array([float((largest >= own).mean()) for own in flips.u[0] - flips.slack])


def step_down(flips: Flips) -> np.ndarray:
    """Return monotone step-down max-t p-values, [K] (Westfall and Young 1993, algorithm 4.1).

    From the largest statistic down, each is compared with the maxima over itself and those below it, and no p-value
    is less than the one before.
    """
    own = flips.u[0] - flips.slack
    order = np.argsort(-own, kind="stable")
    p = np.empty(len(order))
    reached = 0.0
    for rank, column in enumerate(order):
        largest = flips.u[:, order[rank:]].max(axis=1)
        reached = max(reached, float((largest >= own[column]).mean()))
        p[column] = reached
    return p


def max_t_quantiles(differences: np.ndarray, levels: tuple[float, ...]) -> tuple[float, ...]:
    """Return quantiles of max abs t under common random flips of the centred rows of `differences` [n, K].

    The ceil((B + 1) level)-th smallest of B values. Meant for n above `EXACT_UP_TO`.
    """
    n, mean = len(differences), differences.mean(axis=0)
    flipped = _flipped_sums(differences)[1:] - mean * _flipped_sums(np.ones((n, 1)))[1:]
    u = 2.0 * np.abs(flipped) / _size(differences - mean)  # centred rows sum to 0
    largest = np.sort(u.max(axis=1))
    ranks = [min(int(np.ceil((len(largest) + 1) * level)), len(largest)) for level in levels]
    squared = largest[np.array(ranks) - 1] ** 2
    with np.errstate(divide="ignore"):
        return tuple(float(q) for q in np.sqrt((n - 1) * squared / np.maximum(n - squared, 0.0)))
