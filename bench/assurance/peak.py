"""The most that a core computes: fused multiply-adds on vectors, with no memory behind them, compiled by numba."""

from __future__ import annotations

import time
from importlib.util import find_spec
from typing import Any

ACCUMULATORS = 12
"""Independent sums: enough to hide the latency of a multiply-add, and few enough for 16 registers."""
ITERATIONS = 2_000_000
ROUNDS = 7


def peak_flops() -> float | None:
    """Return the measured peak of one core in float32, FLOP/s: best of `ROUNDS`; None where numba is not installed."""
    if find_spec("numba") is None:
        return None
    chain, lanes = _chain()
    chain(1000)
    best = min(_seconds(chain) for _ in range(ROUNDS))
    return 2 * ACCUMULATORS * lanes * ITERATIONS / best


def _seconds(chain: Any) -> float:
    started = time.perf_counter()
    chain(ITERATIONS)
    return time.perf_counter() - started


def _chain() -> tuple[Any, int]:
    """Return (number of iterations) -> their sum, compiled, and how many numbers a vector has on this processor."""
    from llvmlite import binding, ir  # noqa: PLC0415 - may be absent
    from numba import njit, types  # noqa: PLC0415
    from numba.core import cgutils  # noqa: PLC0415
    from numba.extending import intrinsic  # noqa: PLC0415

    lanes = 16 if binding.get_host_cpu_features().get("avx512f") else 8
    single, vector = ir.FloatType(), ir.VectorType(ir.FloatType(), lanes)

    def multiply_adds(context: Any, count: Any) -> Any:
        del context, count

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            del context, signature
            kind = ir.FunctionType(vector, [vector] * 3)
            fma = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{lanes}f32")
            factor, term = (ir.Constant(vector, [value] * lanes) for value in (0.5, 1.0))
            sums = [
                cgutils.alloca_once_value(builder, ir.Constant(vector, [float(n)] * lanes)) for n in range(ACCUMULATORS)
            ]
            with cgutils.for_range(builder, arguments[0]):
                for each in sums:
                    builder.store(builder.call(fma, [builder.load(each), factor, term]), each)
            total = builder.load(sums[0])
            for each in sums[1:]:
                total = builder.fadd(total, builder.load(each))
            ends = [builder.extract_element(total, ir.Constant(ir.IntType(32), lane)) for lane in range(lanes)]
            result = ir.Constant(single, 0.0)
            for each in ends:
                result = builder.fadd(result, each)
            return result

        return types.float32(types.int64), generate

    inner: Any = intrinsic(multiply_adds)

    @njit
    def chain(count: int) -> float:
        return inner(count)

    return chain, lanes
