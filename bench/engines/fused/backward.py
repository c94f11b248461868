# Triton may be absent, and its types do not say that a kernel is indexed by its grid.
"""The way back for every network of the stack: gradients by the layer before, and the steps of SGD, in place.

Nothing but the activations is kept for it: an activation is not 0 exactly where the ReLU was on and dropout kept the
unit, and there the slope is dropout's scale.
"""

from __future__ import annotations

import triton
import triton.language as tl

from bench.engines.fused.arithmetic import operand, product
from bench.engines.fused.forward import at, batch, image_rows, image_tile


@triton.jit
def gradient_kernel(
    error, weight, hidden, scales, passed_on, clock, total,
    LAYER: tl.constexpr, LAYERS: tl.constexpr, INPUTS: tl.constexpr, OUTPUTS: tl.constexpr,
    IN_STRIDE: tl.constexpr, STRIDE: tl.constexpr, BATCH: tl.constexpr, PRECISION: tl.constexpr,
    M: tl.constexpr, N: tl.constexpr, DEPTH: tl.constexpr,
):  # fmt: skip
    """Write a tile of d loss / d pre-activations of hidden layer LAYER - 1, from `error`, that of layer LAYER.

    It reads the weights of layer LAYER, `[K, INPUTS, STRIDE]`, which must not be updated yet.
    """
    k = tl.program_id(1).to(tl.int64)
    unit = (tl.program_id(0) % tl.cdiv(INPUTS, N)) * N + tl.arange(0, N)
    row = (tl.program_id(0) // tl.cdiv(INPUTS, N)) * M + tl.arange(0, M)
    _, count = batch(clock, 0, total, BATCH, True)
    is_row, is_unit = row < count, unit < INPUTS
    sums = tl.zeros([M, N], tl.float32)
    for first in range(0, OUTPUTS, DEPTH):
        column = first + tl.arange(0, DEPTH)
        is_column = column < OUTPUTS
        a = tl.load(error + at(k * BATCH + row, column, STRIDE), mask=is_row[:, None] & is_column[None, :], other=0.0)
        w = tl.load(
            weight + at(k * INPUTS + unit, column, STRIDE), mask=is_unit[:, None] & is_column[None, :], other=0.0
        )
        sums = product(a, tl.trans(operand(w, PRECISION)), sums, PRECISION)
    inside = is_row[:, None] & is_unit[None, :]
    active = tl.load(hidden + at(k * BATCH + row, unit, IN_STRIDE), mask=inside, other=0.0).to(tl.float32)
    scale = tl.load(scales + k * LAYERS + LAYER - 1)
    tl.store(
        passed_on + at(k * BATCH + row, unit, IN_STRIDE),
        operand(tl.where(active == 0, 0.0, sums * scale), PRECISION),
        mask=inside,
    )


@triton.jit
def update_kernel(
    source, order, order_of, error, weight, bias, clock, total, learning_rate,
    LAYER: tl.constexpr, INPUTS: tl.constexpr, OUTPUTS: tl.constexpr, IN_STRIDE: tl.constexpr, STRIDE: tl.constexpr,
    BATCH: tl.constexpr, PRECISION: tl.constexpr, M: tl.constexpr, N: tl.constexpr, DEPTH: tl.constexpr,
):  # fmt: skip
    """Take a step of SGD, in place, on a tile of the weights of layer LAYER, and on the biases beside the first rows.

    `source` is the layer's input: the images for the first, else `[K, BATCH, IN_STRIDE]`.
    """
    k = tl.program_id(1).to(tl.int64)
    unit_block = tl.program_id(0) // tl.cdiv(OUTPUTS, N)
    unit = unit_block * M + tl.arange(0, M)
    column = (tl.program_id(0) % tl.cdiv(OUTPUTS, N)) * N + tl.arange(0, N)
    is_unit, is_column = unit < INPUTS, column < OUTPUTS
    begin, count = batch(clock, 0, total, BATCH, True)
    sums = tl.zeros([M, N], tl.float32)
    for first in range(0, BATCH, DEPTH):
        row = first + tl.arange(0, DEPTH)
        is_row = row < count
        if LAYER == 0:
            image = image_rows(order, order_of, k, begin, total, row, count, True)
            a = operand(image_tile(source, image, unit, is_row, INPUTS), PRECISION)
        else:
            a = tl.load(
                source + at(k * BATCH + row, unit, IN_STRIDE), mask=is_row[:, None] & is_unit[None, :], other=0.0
            )
        d = tl.load(error + at(k * BATCH + row, column, STRIDE), mask=is_row[:, None] & is_column[None, :], other=0.0)
        sums = product(tl.trans(a), d, sums, PRECISION)
    inside = is_unit[:, None] & is_column[None, :]
    tl.store(
        weight + at(k * INPUTS + unit, column, STRIDE),
        tl.load(weight + at(k * INPUTS + unit, column, STRIDE), mask=inside, other=0.0) - learning_rate * sums,
        mask=inside,
    )
    if unit_block == 0:
        bias_sums = tl.zeros([N], tl.float32)
        for first in range(0, BATCH, DEPTH):
            row = first + tl.arange(0, DEPTH)
            d = tl.load(
                error + at(k * BATCH + row, column, STRIDE), mask=(row < count)[:, None] & is_column[None, :], other=0.0
            )
            bias_sums += tl.sum(d.to(tl.float32), 0)
        place = k * STRIDE + column
        old = tl.load(bias + place, mask=is_column, other=0.0)
        tl.store(bias + place, old - learning_rate * bias_sums, mask=is_column)


@triton.jit
def advance_kernel(clock):
    """Count one step."""
    tl.store(clock + 1, tl.load(clock + 1) + 1)
