"""Random numbers as a function of (seed, stream, epoch, step, layer), and of nothing else.

The generator is Philox4x64-10 (Salmon et al. 2011, *Parallel random numbers: as easy as 1, 2, 3*). The key is
(seed, stream); the four counter words are (block, layer, step, epoch), least significant first. Word i of a draw is
lane ``i % 4`` of block ``i // 4``. No draw depends on what was drawn before it, so a trial sees the same numbers
alone or in a stack, in any order, on any worker, and when resumed.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from bench.base import passes

WORD = 1 << 64


@cache
def stream_key(stream: str) -> int:
    """Return the 64-bit key of a named stream: the first eight bytes of the SHA-256 of its name, little-endian."""
    return int.from_bytes(hashlib.sha256(stream.encode()).digest()[:8], "little")


@dataclass(frozen=True)
class Position:
    """Where in the training a draw is made: epoch and step count from 0, and so does the layer."""

    epoch: int = 0
    step: int = 0
    layer: int = 0


@lru_cache(maxsize=1024)
def key(seed: int, stream: str) -> np.ndarray:
    """Return the generator's key, uint64 `[2]`."""
    return np.array([seed, stream_key(stream)], np.uint64)


def counter(at: Position) -> tuple[int, int, int]:
    """Return the words of the generator's counter that follow the block's."""
    return at.layer, at.step, at.epoch


def words(seed: int, stream: str, at: Position, count: int) -> np.ndarray:
    """Return `count` independent uniform 64-bit words, uint64 `[count]`.

    numpy steps the counter before the first block, hence the ``- 1``.
    """
    if (fast := passes.compiled()) is not None:
        out = np.empty(-(-count // 4) * 4, np.uint64)
        fast.philox(key(seed, stream), counter(at), 0, out)
        return out[:count]
    before = (at.layer * WORD + at.step * WORD**2 + at.epoch * WORD**3 - 1) % WORD**4
    generator = np.random.Philox(key=seed + stream_key(stream) * WORD, counter=before)
    return generator.random_raw(count)


def signed16(seed: int, stream: str, at: Position, shape: tuple[int, ...]) -> np.ndarray:
    """Return uniform integers in [-2^15, 2^15), int16 of `shape`: four from each word, low bits first.

    Signed, since torch compares no unsigned integers. All 16 bits are used, the sign bit too.
    """
    count = math.prod(shape)
    raw = words(seed, stream, at, -(-count // 4)).astype("<u8", copy=False)
    return raw.view("<i2")[:count].reshape(shape)


def uniforms(seed: int, stream: str, at: Position, count: int) -> np.ndarray:
    """Return uniform numbers in (0, 1), float64 `[count]`: the middles of 2^53 equal cells, so never 0 or 1.

    From 1/2 on a middle is no float64, and is rounded to an end of its cell; the last one is rounded down.
    """
    middles = ((words(seed, stream, at, count) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return np.minimum(middles, 1 - 2.0**-53, out=middles)


def normal(uniform: np.ndarray) -> np.ndarray:
    """Return numbers of N(0, 1), by the inverse of its distribution function, from numbers of U(0, 1)."""
    from scipy.special import ndtri  # noqa: PLC0415 - slow to import, and few studies need it

    return ndtri(uniform)


def permutation(seed: int, stream: str, at: Position, count: int) -> np.ndarray:
    """Return a uniform permutation of 0..count-1, int64: the stable order of `count` words."""
    return np.argsort(words(seed, stream, at, count), kind="stable")
