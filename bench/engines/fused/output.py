# Triton may be absent, and its types do not say that a kernel is indexed by its grid.
"""The output layer of every network: logits, loss, hits, the error, and its way back through the output weights."""

from __future__ import annotations

import triton
import triton.language as tl

from bench.engines.fused.arithmetic import operand, product
from bench.engines.fused.forward import at, batch, image_rows


@triton.jit
def output_kernel(
    hidden, labels, order, order_of, weight, bias, clock, scales, losses, hits, error, passed_on, start, total,
    LAYER: tl.constexpr, INPUTS: tl.constexpr, CLASSES: tl.constexpr, IN_STRIDE: tl.constexpr, STRIDE: tl.constexpr,
    BATCH: tl.constexpr, TRAINING: tl.constexpr, PRECISION: tl.constexpr, M: tl.constexpr, DEPTH: tl.constexpr,
    C: tl.constexpr,
):  # fmt: skip
    """Score M rows of the batch; in training, write d loss / d logits and d loss / d the pre-activations before.

    LAYER is the number of hidden layers. `losses` (nats) and `hits` are `[K, total]`, at the place in the order.
    """
    k = tl.program_id(1).to(tl.int64)
    row = tl.program_id(0) * M + tl.arange(0, M)
    column = tl.arange(0, C)
    begin, count = batch(clock, start, total, BATCH, TRAINING)
    is_row, is_class = row < count, column < CLASSES
    sums = tl.zeros([M, C], tl.float32)
    for first in range(0, INPUTS, DEPTH):
        unit = first + tl.arange(0, DEPTH)
        is_unit = unit < INPUTS
        a = tl.load(hidden + at(k * BATCH + row, unit, IN_STRIDE), mask=is_row[:, None] & is_unit[None, :], other=0.0)
        w = tl.load(
            weight + at(k * INPUTS + unit, column, STRIDE), mask=is_unit[:, None] & is_class[None, :], other=0.0
        )
        sums = product(a, operand(w, PRECISION), sums, PRECISION)
    sums += tl.load(bias + k * STRIDE + column, mask=is_class, other=0.0)[None, :]
    logits = tl.where(is_class[None, :], sums, float("-inf"))
    logits -= tl.max(logits, 1)[:, None]
    whole = tl.log(tl.sum(tl.exp(logits), 1))
    log_probability = logits - whole[:, None]
    image = image_rows(order, order_of, k, begin, total, row, count, TRAINING)
    label = tl.load(labels + image, mask=is_row, other=0)
    is_target = column[None, :] == label[:, None]
    loss = -tl.sum(tl.where(is_target, log_probability, 0.0), 1)
    best = tl.where(whole == whole, tl.argmax(log_probability, 1), 0)  # noqa: PLR0124 - is it a number?
    place = k * total + begin + row
    tl.store(losses + place, loss, mask=is_row)
    tl.store(hits + place, (best == label).to(tl.uint8), mask=is_row)
    if TRAINING:
        rows = tl.zeros([M, C], tl.float32) + count
        wrong = operand(tl.div_rn(tl.exp(log_probability) - is_target.to(tl.float32), rows), PRECISION)
        tl.store(error + at(k * BATCH + row, column, STRIDE), wrong, mask=is_row[:, None] & is_class[None, :])
        scale = tl.load(scales + k * LAYER + LAYER - 1)
        for first in range(0, INPUTS, DEPTH):
            unit = first + tl.arange(0, DEPTH)
            is_unit = unit < INPUTS
            w = tl.load(
                weight + at(k * INPUTS + unit, column, STRIDE), mask=is_unit[:, None] & is_class[None, :], other=0.0
            )
            back = product(wrong, tl.trans(operand(w, PRECISION)), tl.zeros([M, DEPTH], tl.float32), PRECISION)
            inside = is_row[:, None] & is_unit[None, :]
            active = tl.load(hidden + at(k * BATCH + row, unit, IN_STRIDE), mask=inside, other=0.0).to(tl.float32)
            tl.store(
                passed_on + at(k * BATCH + row, unit, IN_STRIDE),
                operand(tl.where(active == 0, 0.0, back * scale), PRECISION),
                mask=inside,
            )


@triton.jit
def mean_kernel(losses, out, TOTAL: tl.constexpr, BLOCK: tl.constexpr):
    """Write the mean of each row of `losses` `[K, TOTAL]`, float64, summed in an order that K does not change."""
    k = tl.program_id(0).to(tl.int64)
    sums = tl.zeros([BLOCK], tl.float64)
    for first in range(0, TOTAL, BLOCK):
        place = first + tl.arange(0, BLOCK)
        sums += tl.load(losses + k * TOTAL + place, mask=place < TOTAL, other=0.0).to(tl.float64)
    tl.store(out + k, tl.sum(sums, 0) / TOTAL)
