# Triton may be absent, and its types do not say that a kernel is indexed by its grid.
"""bench.base.draws in Triton: the same words, bit for bit, from the same key and counter.

Philox4x64-10: key (seed, stream), counter (block, layer, step, epoch), least significant first.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl

from bench.base import draws

FIRST_MULTIPLIER = tl.constexpr(0xD2E7470EE14C6C93)
SECOND_MULTIPLIER = tl.constexpr(0xCA5A826395121157)
FIRST_WEYL = tl.constexpr(0x9E3779B97F4A7C15)
SECOND_WEYL = tl.constexpr(0xBB67AE8584CAA73B)
BLOCKS = 256
"""Philox blocks that one program of `words_kernel` makes."""


@triton.jit
def philox(block, layer, step, epoch, seed, stream):
    """Return the four words of each block; all arguments uint64, of shapes that broadcast."""
    for _ in tl.static_range(10):
        first, second = block * FIRST_MULTIPLIER, step * SECOND_MULTIPLIER
        block, layer, step, epoch = (
            tl.umulhi(step, SECOND_MULTIPLIER) ^ layer ^ seed,
            second,
            tl.umulhi(block, FIRST_MULTIPLIER) ^ epoch ^ stream,
            first,
        )
        seed, stream = seed + FIRST_WEYL, stream + SECOND_WEYL
    return block, layer, step, epoch


@triton.jit
def blocks_at(block, layer: tl.constexpr, step, epoch, seed, STREAM: tl.constexpr):
    """Return the four words of each of `block` (any integers) of a stream at one position of the training."""
    zero = (block * 0).to(tl.uint64)
    return philox(
        block.to(tl.uint64), zero + layer, zero + step.to(tl.uint64), zero + epoch.to(tl.uint64),
        seed.to(tl.uint64, bitcast=True), tl.full([], STREAM, tl.uint64),
    )  # fmt: skip


@triton.jit
def interleave(first, second, third, fourth):
    """Return `[A, B, 2, 2]`, whose last two axes are first, second, third, fourth in this order."""
    return tl.join(tl.join(first, third), tl.join(second, fourth))


@triton.jit
def signed16(row, column_block, WIDTH: tl.constexpr, layer: tl.constexpr, step, epoch, seed, STREAM: tl.constexpr,
             ROWS: tl.constexpr, COLUMNS: tl.constexpr):  # fmt: skip
    """Return what draws.signed16 has at rows `row` `[ROWS]` and the `column_block`-th COLUMNS columns, as int32.

    A block of Philox is sixteen numbers. Where they do not fit the rows, each number's block is made for itself.
    """
    if WIDTH % 16 == 0:
        column = column_block * (COLUMNS // 16) + tl.arange(0, COLUMNS // 16)
        block = row[:, None] * (WIDTH // 16) + column[None, :]
        w0, w1, w2, w3 = blocks_at(block, layer, step, epoch, seed, STREAM)
        word = tl.reshape(interleave(w0, w1, w2, w3), [ROWS, COLUMNS // 4])
        lane = interleave(word, word >> 16, word >> 32, word >> 48)
        number = tl.reshape(lane.to(tl.uint16), [ROWS, COLUMNS])
    else:
        index = row[:, None] * WIDTH + (column_block * COLUMNS + tl.arange(0, COLUMNS))[None, :]
        w0, w1, w2, w3 = blocks_at(index // 16, layer, step, epoch, seed, STREAM)
        place = (index // 4) % 4
        word = tl.where(place < 2, tl.where(place == 0, w0, w1), tl.where(place == 2, w2, w3))
        number = (word >> (16 * (index % 4)).to(tl.uint64)).to(tl.uint16)
    return number.to(tl.int16, bitcast=True).to(tl.int32)


@triton.jit
def words_kernel(out, seeds, epoch, count, STREAM: tl.constexpr, BLOCKS: tl.constexpr):
    """Write words 0..count-1 of a stream at (epoch, step 0, layer 0) for each of `seeds`, int64 bits `[S, count]`."""
    row = tl.program_id(1)
    seed = tl.load(seeds + row)
    block = tl.program_id(0) * BLOCKS + tl.arange(0, BLOCKS)
    now = tl.load(epoch)
    w0, w1, w2, w3 = blocks_at(block[:, None], 0, now * 0, now, seed, STREAM)
    word = tl.reshape(interleave(w0, w1, w2, w3), [4 * BLOCKS])
    place = tl.program_id(0) * 4 * BLOCKS + tl.arange(0, 4 * BLOCKS)
    tl.store(out + row.to(tl.int64) * count + place, word.to(tl.int64, bitcast=True), mask=place < count)


def permutations(seeds: torch.Tensor, stream: str, epoch: int, count: int) -> torch.Tensor:
    """Return draws.permutation of each of `seeds`, int64 `[S]`, at an epoch: int64 `[S, count]`, on their device.

    A stable order is unique, so every correct sort gives the same. Flipping the top bit makes the signed order that of
    unsigned words.
    """
    words = torch.empty((len(seeds), count), dtype=torch.int64, device=seeds.device)
    now = torch.tensor([epoch], dtype=torch.int64, device=seeds.device)
    grid = (triton.cdiv(count, 4 * BLOCKS), len(seeds))
    words_kernel[grid](words, seeds, now, count, STREAM=draws.stream_key(stream), BLOCKS=BLOCKS)
    return torch.argsort(words ^ torch.iinfo(torch.int64).min, dim=1, stable=True)
