"""The written specification of randomness, a second time: from numpy's Philox alone, by none of the engine's code.

Key (seed, first 8 bytes of the SHA-256 of the stream's name), counter (block, layer, step, epoch), words in the order
of blocks and lanes. 16-bit numbers are the words' quarters, low bits first, read as signed; a unit is kept where its
number is at least (dropped cells - 2^15); what is kept is scaled by 1 / realised keep rate.
"""

from __future__ import annotations

import hashlib
import itertools

import numpy as np

WORD = 2**64
KNOWN_ANSWERS = (
    (
        (0x0, 0x0, 0x0, 0x0),
        (0x0, 0x0),
        (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B),
    ),
    (
        (WORD - 1, WORD - 1, WORD - 1, WORD - 1),
        (WORD - 1, WORD - 1),
        (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0),
    ),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6),
    ),
)
"""(counter, key, words) of Philox4x64-10, as published with Random123 (Salmon et al. 2011)."""


def philox(counter: tuple[int, int, int, int], key: tuple[int, int], count: int) -> np.ndarray:
    """Return `count` words, uint64, from the block at `counter` on. numpy counts up before its first block."""
    first = sum(word * WORD**place for place, word in enumerate(counter)) - 1
    return np.random.Philox(key=key[0] + key[1] * WORD, counter=first % WORD**4).random_raw(count)


def words(seed: int, stream: str, at: tuple[int, int, int], count: int) -> np.ndarray:
    """Return the words of a stream at (epoch, step, layer)."""
    epoch, step, layer = at
    name = int.from_bytes(hashlib.sha256(stream.encode()).digest()[:8], "little")
    return philox((0, layer, step, epoch), (seed, name), count)


def dropped_cells(rate: float) -> int:
    """Return how many of 65,536 cells mean 'dropped': none at rate 0 alone, all at rate 1 alone."""
    cells = round(rate * 65536)
    return min(max(cells, 1), 65535) if 0 < rate < 1 else cells


def multiplier(seed: int, at: tuple[int, int, int], shape: tuple[int, int], rate: float) -> np.ndarray:
    """Return what dropout multiplies activations with, float64 of `shape` (rows, units)."""
    count, cells = shape[0] * shape[1], dropped_cells(rate)
    if cells == 65536:
        return np.zeros(shape)
    raw = words(seed, "dropout", at, -(-count // 4))
    quarters = (raw[:, None] >> np.array([0, 16, 32, 48], np.uint64)) & np.uint64(0xFFFF)
    signed = (quarters.astype(np.int64) ^ 0x8000) - 0x8000
    kept = signed.reshape(-1)[:count] >= cells - 32768
    return kept.reshape(shape) * (65536 / (65536 - cells))


def order(seed: int, epoch: int, count: int) -> np.ndarray:
    """Return the order of the training images in an epoch: the stable order of `count` words."""
    return np.argsort(words(seed, "order", (epoch, 0, 0), count), kind="stable")


def initial_weights(seed: int, sizes: tuple[int, ...]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (weight `[I, O]`, bias `[O]`) of each layer: all U(-1/sqrt(I), 1/sqrt(I)), weights first."""
    layers = []
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        raw = words(seed, "initialisation", (0, 0, layer), (inputs + 1) * outputs)
        uniform = ((raw >> np.uint64(11)).astype(np.float64) + 0.5) / 2**53
        values = (2 * uniform - 1) / np.sqrt(inputs)
        layers.append((values[: inputs * outputs].reshape(inputs, outputs), values[inputs * outputs :]))
    return layers
