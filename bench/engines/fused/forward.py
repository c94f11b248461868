# Triton may be absent, and its types do not say that a kernel is indexed by its grid.
"""One layer forward for every network of the stack: gather, product, bias, ReLU and dropout in one kernel."""

from __future__ import annotations

import triton
import triton.language as tl

from bench.engines.fused.arithmetic import operand, pixel, product
from bench.engines.fused.philox import signed16


@triton.jit
def at(line, column, STRIDE: tl.constexpr):
    """Return the offsets of a tile of a matrix whose rows are STRIDE numbers apart."""
    return line[:, None] * STRIDE + column[None, :]


@triton.jit
def batch(clock, start, total, BATCH: tl.constexpr, TRAINING: tl.constexpr):
    """Return where the batch begins and how many rows it has: at the clock's step in training, else at `start`."""
    if TRAINING:
        start = (tl.load(clock + 1) * BATCH).to(tl.int32)
    return start, tl.minimum(BATCH, total - start)


@triton.jit
def image_rows(order, order_of, k, start, total, row, count, TRAINING: tl.constexpr):
    """Return the images of the batch's rows `row`: as the trial's order has them in training, else one by one."""
    place = start + row
    if TRAINING:
        begin = tl.load(order_of + k).to(tl.int64) * total
        place = tl.load(order + begin + place, mask=row < count, other=0)
    return place


@triton.jit
def image_tile(images, image, column, is_row, PIXELS: tl.constexpr):
    """Return the pixels `column` of the images `image`, float32 `[M, I]`; 0 outside."""
    place = image[:, None].to(tl.int64) * PIXELS + column[None, :]
    values = tl.load(images + place, mask=is_row[:, None] & (column < PIXELS)[None, :], other=0)
    if images.dtype.element_ty == tl.uint8:
        values = pixel(values)
    return values


@triton.jit
def hidden_kernel(
    source, order, order_of, weight, bias, out, clock, mask_seeds, limits, scales, start, total,
    LAYER: tl.constexpr, LAYERS: tl.constexpr, INPUTS: tl.constexpr, OUTPUTS: tl.constexpr,
    IN_STRIDE: tl.constexpr, STRIDE: tl.constexpr, BATCH: tl.constexpr, STREAM: tl.constexpr,
    TRAINING: tl.constexpr, PRECISION: tl.constexpr, M: tl.constexpr, N: tl.constexpr, DEPTH: tl.constexpr,
):  # fmt: skip
    """Write a tile of the activations of hidden layer LAYER, `[K, BATCH, STRIDE]`, as operands of the next product.

    `source` is the images, `[., INPUTS]`, for the first layer, else the activations before, `[K, BATCH, IN_STRIDE]`.
    What is not a number stays so: a diverged network must not look sound.
    """
    k = tl.program_id(1).to(tl.int64)
    column_block = tl.program_id(0) % tl.cdiv(OUTPUTS, N)
    row = (tl.program_id(0) // tl.cdiv(OUTPUTS, N)) * M + tl.arange(0, M)
    column = column_block * N + tl.arange(0, N)
    begin, count = batch(clock, start, total, BATCH, TRAINING)
    is_row, is_column = row < count, column < OUTPUTS
    image = row
    if LAYER == 0:
        image = image_rows(order, order_of, k, begin, total, row, count, TRAINING)
    sums = tl.zeros([M, N], tl.float32)
    for first in range(0, INPUTS, DEPTH):
        unit = first + tl.arange(0, DEPTH)
        if LAYER == 0:
            a = operand(image_tile(source, image, unit, is_row, INPUTS), PRECISION)
        else:
            a = tl.load(
                source + at(k * BATCH + row, unit, IN_STRIDE),
                mask=is_row[:, None] & (unit < INPUTS)[None, :],
                other=0.0,
            )
        w = tl.load(
            weight + at(k * INPUTS + unit, column, STRIDE),
            mask=(unit < INPUTS)[:, None] & is_column[None, :],
            other=0.0,
        )
        sums = product(a, operand(w, PRECISION), sums, PRECISION)
    sums += tl.load(bias + k * STRIDE + column, mask=is_column, other=0.0)[None, :]
    active = tl.where(sums <= 0, 0.0, sums)
    if TRAINING:
        limit = tl.load(limits + k * LAYERS + LAYER)
        seed, epoch, step = tl.load(mask_seeds + k), tl.load(clock), tl.load(clock + 1)
        number = signed16(row, column_block, OUTPUTS, LAYER, step, epoch, seed, STREAM, M, N)
        active *= tl.where(number >= limit, tl.load(scales + k * LAYERS + LAYER), 0.0)
    tl.store(
        out + at(k * BATCH + row, column, STRIDE), operand(active, PRECISION), mask=is_row[:, None] & is_column[None, :]
    )
