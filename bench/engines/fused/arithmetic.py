# Triton may be absent, and its types do not say that a kernel is indexed by its grid.
"""What the kernels compute with: pixels, operands in a number format, and products summed in float32.

A precision is its definition: each operand of a product is rounded to the format, products are summed in float32.
``float32`` rounds nothing; ``tf32`` keeps 10 bits after the point, ``bfloat16`` 7; ``tf32x3`` splits each operand in
two TF32 numbers, which loses little more than float32 sums do (for evaluation, where nothing is to be rounded).
"""

from __future__ import annotations

import triton
import triton.language as tl

TWO_TO_MINUS_32 = tl.constexpr(2.0**-32)
INTERPRETED = tl.constexpr(triton.knobs.runtime.interpret)
"""Triton's interpreter cuts bfloat16 off instead of rounding, and has no products of it: there operands are rounded
here, and multiplied as float32, which is the same, since a product of two such numbers is exact in float32."""


@triton.jit
def pixel(byte):
    """Return uint8 k as the float32 nearest to k / 255, as a correctly rounded division gives.

    k * 0x01010101 is k / 255 * 2^32 less its fraction. That the fraction is not 0 (unless k is) goes into the last
    bit, and the conversion to float32 then rounds as it must, except for k = 1, whose last bit is 1 already. A division
    would take several times the instructions, and there is one for every pixel of every network's batch.
    """
    whole = byte.to(tl.uint32)
    scaled = (whole * 0x01010101 | tl.minimum(whole, 1)) + (whole == 1).to(tl.uint32)
    return scaled.to(tl.float32) * TWO_TO_MINUS_32


@triton.jit
def operand(x, PRECISION: tl.constexpr):
    """Return float32 `x` as an operand of products: rounded to nearest; what is not finite stays so."""
    if PRECISION == "bfloat16":
        if INTERPRETED:
            x = nearest(x, 16)
        x = x.to(tl.bfloat16)
    elif PRECISION == "tf32":
        x = nearest(x, 13)
    return x


@triton.jit
def nearest(x, DROPPED: tl.constexpr):
    """Return float32 `x` rounded to nearest, ties to even, so that its last DROPPED bits are 0."""
    bits = x.to(tl.uint32, bitcast=True)
    up = (1 << (DROPPED - 1)) - 1 + ((bits >> DROPPED) & 1)
    rounded = ((bits + up) >> DROPPED << DROPPED).to(tl.float32, bitcast=True)
    return tl.where((bits & 0x7F800000) == 0x7F800000, x, rounded)


@triton.jit
def product(a, b, total, PRECISION: tl.constexpr):
    """Return `total` + a @ b, float32, of operands in the precision."""
    if PRECISION == "float32":
        total = tl.dot(a, b, total, input_precision="ieee")
    elif PRECISION != "bfloat16":
        total = tl.dot(a, b, total, input_precision=PRECISION)
    elif INTERPRETED:
        total = tl.dot(a.to(tl.float32), b.to(tl.float32), total, input_precision="ieee")
    else:
        total = tl.dot(a, b, total)
    return total
