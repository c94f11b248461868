"""Passes over the numbers of a training step that numba compiles: import it through ``bench.base.passes`` only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

MULTIPLIERS = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
WEYL = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
"""The constants of Philox4x64 (Salmon et al. 2011, table 2)."""
ROUNDS = 10
PART = 1024
"""Words that are drawn before they are used: four blocks or a multiple."""

Counter = tuple[int, int, int]
"""The words of Philox's counter that follow the block's: layer, step and epoch."""

OPTIONS = {"nogil": True, "error_model": "numpy"}
"""A division by zero is infinite or no number, as in torch."""


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function when it is first called; keep the result beside the source, or where the user may write."""
    try:
        return njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # nothing can be kept anywhere: each process compiles it, in about a second
        return njit(**OPTIONS)(function)


def _high_product(context: Any, left: Any, right: Any) -> Any:
    del context, left, right

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(each, wide) for each in arguments))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


HIGH_PRODUCT: Any = intrinsic(_high_product)
"""(two uint64) -> the upper 64 of the 128 bits of their product."""


@compiled
def philox(key: np.ndarray, counter: Counter, start: int, out: np.ndarray) -> None:
    """Write Philox4x64-10 of `key` `[2]` to `out` `[4 * blocks]`, all uint64, from block `start` on."""
    for block in range(out.shape[0] // 4):
        a, b, c, d = np.uint64(start + block), np.uint64(counter[0]), np.uint64(counter[1]), np.uint64(counter[2])
        first, second = key[0], key[1]
        for _ in range(ROUNDS):
            a, b, c, d = (
                HIGH_PRODUCT(MULTIPLIERS[1], c) ^ b ^ first,
                MULTIPLIERS[1] * c,
                HIGH_PRODUCT(MULTIPLIERS[0], a) ^ d ^ second,
                MULTIPLIERS[0] * a,
            )
            first, second = first + WEYL[0], second + WEYL[1]
        out[4 * block], out[4 * block + 1], out[4 * block + 2], out[4 * block + 3] = a, b, c, d


@compiled
def keep(key: np.ndarray, counter: Counter, limits: np.ndarray, scales: np.ndarray, out: np.ndarray) -> None:
    """Write to `out` `[K, R, H]` ``scales[k]`` where the numbers drawn, int16, reach ``limits[k]``, else 0.

    They are drawn a part at a time, which is still in the fastest cache when the last network takes it.
    """
    words = np.empty(PART, np.uint64)
    numbers, flat = words.view(np.int16), out.reshape(out.shape[0], -1)
    for start in range(0, flat.shape[1], numbers.shape[0]):
        count = min(numbers.shape[0], flat.shape[1] - start)
        philox(key, counter, start // 16, words[: (count + 15) // 16 * 4])
        for k in range(flat.shape[0]):
            limit, scale, row = limits[k], scales[k], flat[k, start : start + count]
            for i in range(count):
                row[i] = scale if numbers[i] >= limit else np.float32(0)


@compiled
def gather(images: np.ndarray, rows: np.ndarray, out: np.ndarray) -> None:
    """Write the `rows` `[S, B]` of `images` `[N, I]`, bytes, over 255, to `out` `[S, B, I or more]`."""
    for s in range(rows.shape[0]):
        for r in range(rows.shape[1]):
            image, row = images[rows[s, r]], out[s, r]
            for i in range(images.shape[1]):
                row[i] = np.float32(image[i]) / np.float32(255)


@compiled
def rectify(hidden: np.ndarray, slope: np.ndarray) -> None:
    """Put 0 into `slope` `[R, H]` where `hidden` `[R, H or more]` <= 0, and multiply `hidden` by it."""
    for r in range(slope.shape[0]):
        values, slopes = hidden[r], slope[r]
        for i in range(slope.shape[1]):
            factor = np.float32(0) if values[i] <= np.float32(0) else slopes[i]
            slopes[i] = factor
            values[i] = values[i] * factor


@compiled
def shift(
    logits: np.ndarray, labels: np.ndarray, by_class: np.ndarray, of_target: np.ndarray, hits: np.ndarray
) -> None:
    """Write `logits` `[K, B, C]` less their maximum to `by_class` `[C, K, B]`, that of the label, and hits.

    `labels` are `[K, B]`, or `[1, B]` for all networks; the last two are `[K, B]`. Of several maxima the first is the
    hit, and whatever is no number is a maximum.
    """
    for k in range(logits.shape[0]):
        for r in range(logits.shape[1]):
            row, label, best = logits[k, r], labels[k % labels.shape[0], r], 0
            for c in range(1, row.shape[0]):
                if row[c] > row[best] or (row[c] != row[c] and row[best] == row[best]):
                    best = c
            for c in range(row.shape[0]):
                by_class[c, k, r] = row[c] - row[best]
            of_target[k, r], hits[k, r] = by_class[label, k, r], best == label


@compiled
def descent(exponentials: np.ndarray, labels: np.ndarray, total: np.ndarray, error: np.ndarray) -> None:
    """Write the sum over the classes of `exponentials` `[C, K, B]`, and the gradient by the logits, `[K, B, C]`.

    `labels` are as in `shift`; the loss is a mean over the B rows of a batch.
    """
    classes, batch = error.shape[2], np.float32(error.shape[1])
    for k in range(error.shape[0]):
        for r in range(error.shape[1]):
            over = exponentials[0, k, r]
            for c in range(1, classes):
                over += exponentials[c, k, r]
            total[k, r] = over
            for c in range(classes):
                error[k, r, c] = exponentials[c, k, r] / over
            error[k, r, labels[k % labels.shape[0], r]] += np.float32(-1)
            for c in range(classes):
                error[k, r, c] /= batch


def warm_up() -> None:
    """Compile everything, or read what was kept, before a clock runs."""
    one = np.ones((1, 1), np.float32)
    key = np.zeros(2, np.uint64)
    philox(key, (0, 0, 0), 0, np.empty(4, np.uint64))
    keep(key, (0, 0, 0), np.zeros(1, np.int16), one[0], one[None].copy())
    gather(np.ones((1, 1), np.uint8), np.zeros((1, 1), np.int64), one[None].copy())
    rectify(one.copy(), one)
    logits, labels = one[None].copy(), np.zeros((1, 1), np.int64)
    shift(logits, labels, logits.copy(), one, np.zeros((1, 1), np.bool_))
    descent(logits.copy(), labels, one, logits)
