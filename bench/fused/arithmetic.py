"""What the kernels compute with: pixels, operands in a number format, and products summed in float32.

A precision is its definition: each operand of a product is rounded to the format, products are summed in float32.
``float32`` rounds nothing; ``tf32`` keeps 10 bits after the point, ``bfloat16`` 7; ``tf32x3`` splits each operand in two
TF32 numbers, which loses no more than float32 sums do (it is for evaluation, where nothing is to be rounded).
"""

from __future__ import annotations

import triton
import triton.language as tl

TWO_TO_MINUS_32 = tl.constexpr(2.0**-32)
INTERPRETED = tl.constexpr(triton.knobs.runtime.interpret)
"""Triton's interpreter has no products of bfloat16: there the rounded operands are multiplied as float32, which is the
same, since each product of two such numbers is exact in float32."""


@triton.jit
def pixel(byte):
    """Return uint8 k as the float32 nearest to k / 255, as a correctly rounded division gives.

    k * 0x01010101 is k / 255 * 2^32 less its fraction; that the fraction is not 0 (unless k is) goes into the last
    bit, and the conversion to float32 then rounds as it must. A division would take ten times the instructions.
    """
    whole = byte.to(tl.uint32)
    return (whole * 0x01010101 | tl.minimum(whole, 1)).to(tl.float32) * TWO_TO_MINUS_32


@triton.jit
def operand(x, PRECISION: tl.constexpr):
    """Return float32 `x` as an operand of products: rounded to nearest; what is not finite stays so."""
    if PRECISION == "bfloat16":
        rounded = x.to(tl.bfloat16)
    elif PRECISION == "tf32":
        bits = x.to(tl.uint32, bitcast=True)
        nearest = ((bits + 0x1000) & 0xFFFFE000).to(tl.float32, bitcast=True)
        rounded = tl.where((bits & 0x7F800000) == 0x7F800000, x, nearest)
    else:
        rounded = x
    return rounded


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
