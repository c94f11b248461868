"""The matrix products of a training step: by which library of this machine, and how fast.

An MLP with layer widths ``sizes`` needs three products a layer (forward, weight gradient, input gradient), less the
input gradient of the first. Nothing else that a step does is free, so no engine is faster than these products by the
library that is fastest at each: that is the bound. It imports torch and numpy only, being the gate's ruler too.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial

import numpy as np
import torch

Step = Callable[[], object]
Bind = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], Step]
"""(left `[K, m, k]`, right `[K, k, n]`, out `[K, m, n]`) -> what writes their products to `out`, whenever called."""

USUAL = "numpy"


def _by_numpy(left: torch.Tensor, right: torch.Tensor, out: torch.Tensor) -> Step:
    return partial(np.matmul, left.numpy(), right.numpy(), out=out.numpy())


def _by_onednn(left: torch.Tensor, right: torch.Tensor, out: torch.Tensor) -> Step:
    """Let oneDNN, as torch has it, multiply one by one; it wants its left operand row by row."""
    linear = torch.ops.mkldnn._linear_pointwise
    rights, outs = list(right.mT), list(out)
    is_shared, is_plain = left.stride(0) == 0, left.stride(2) == 1

    def step() -> None:
        lefts: Iterable[torch.Tensor] = left
        if not is_plain:
            lefts = itertools.repeat(left[0].contiguous()) if is_shared else (each.contiguous() for each in left)
        for rows, columns, to in zip(lefts, rights, outs, strict=False):
            to.copy_(linear(rows, columns, None, "none", [], ""))

    return step


def _by_mm(left: torch.Tensor, right: torch.Tensor, out: torch.Tensor) -> Step:
    operands = list(zip(left, right, out, strict=True))

    def step() -> None:
        for rows, columns, to in operands:
            torch.mm(rows, columns, out=to)

    return step


def _by_bmm(left: torch.Tensor, right: torch.Tensor, out: torch.Tensor) -> Step:
    return partial(torch.bmm, left, right, out=out)


ONE_BY_ONE: Mapping[str, Bind] = {USUAL: _by_numpy} | (
    {"oneDNN": _by_onednn} if hasattr(torch.ops.mkldnn, "_linear_pointwise") else {}
)
"""Libraries that multiply network by network on the CPU, so that none can see what it is stacked with."""
LIBRARIES: Mapping[str, Bind] = dict(ONE_BY_ONE) | {"mm": _by_mm, "bmm": _by_bmm}
"""Everything here that multiplies. torch's own products may be MKL's, whose last bits depend on where memory begins."""
FORMATS = {USUAL: {torch.float32, torch.float64}, "oneDNN": {torch.float32, torch.bfloat16}}
"""The number formats of those libraries that do not have all."""


def bind(left: torch.Tensor, right: torch.Tensor, out: torch.Tensor, library: str = USUAL) -> Step:
    """Return what writes the product of each network, ``left @ right``, to `out`, whenever it is called.

    On the CPU, in float32, `library` multiplies; in float64 numpy does, and elsewhere torch's ``bmm``.
    """
    if out.device.type != "cpu" or out.dtype == torch.bfloat16:
        return _by_bmm(left, right, out)
    return (ONE_BY_ONE[library] if out.dtype == torch.float32 else _by_numpy)(left, right, out)


def products(
    sizes: tuple[int, ...], rows: int, stack_size: int, dtype: torch.dtype, device: str = "cpu"
) -> list[list[Callable[[str], Step]]]:
    """Return the products of one step of `rows` images for `stack_size` networks, by layer, each for any library.

    The images are shared by the networks, as those of one seed are in training.
    """

    def filled(*shape: int) -> torch.Tensor:
        return torch.rand(stack_size, *shape).to(device, dtype)

    layers: list[list[Callable[[str], Step]]] = []
    for index, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        given, weights, errors = filled(rows, inputs), filled(inputs, outputs), filled(rows, outputs)
        if index == 0:
            given = given[:1].expand(stack_size, -1, -1)
        operands = [(given, weights), (given.mT, errors)] + ([(errors, weights.mT)] if index else [])
        layers.append([partial(_product, *each) for each in operands])
    return layers


def _product(left: torch.Tensor, right: torch.Tensor, library: str) -> Step:
    out = torch.empty(*left.shape[:2], right.shape[2], dtype=left.dtype, device=left.device)
    return LIBRARIES[library](left, right, out)


def fastest_step(
    sizes: tuple[int, ...],
    rows: int,
    stack_size: int,
    dtype: torch.dtype = torch.float32,
    device: str = "cpu",
    candidates: Sequence[str] | None = None,
) -> tuple[Step, list[str]]:
    """Return the products of one step, each by the library that is fastest at it here, and the libraries' names.

    As many different weights are multiplied as a stack of `stack_size` has. `candidates` are all libraries by default.
    """
    if candidates is None:
        candidates = ["bmm"] if device != "cpu" else [each for each in LIBRARIES if dtype in FORMATS.get(each, {dtype})]
    steps, names = [], []
    for product in itertools.chain(*products(sizes, rows, stack_size, dtype, device)):
        ways = {name: product(name) for name in candidates}
        seconds = least_seconds(ways, device)
        names.append(min(seconds, key=seconds.__getitem__))
        steps.append(ways[names[-1]])

    def step() -> None:
        for each in steps:
            each()

    return step, names


def step_flop(sizes: tuple[int, ...], rows: int) -> int:
    """Return the floating-point operations of one step's products for one network, a multiply-add counting two."""
    per_layer = [2 * rows * i * o for i, o in itertools.pairwise(sizes)]
    return 3 * sum(per_layer) - per_layer[0]


@lru_cache
def _fastest(
    sizes: tuple[int, ...], rows: int, stack_size: int, device: str, dtype: torch.dtype
) -> tuple[Step, list[str]]:
    return fastest_step(sizes, rows, stack_size, dtype, device)


def bound_libraries(sizes: tuple[int, ...], rows: int, stack_size: int, device: str = "cpu") -> list[str]:
    """Return the library of each product that `calibrate` measures in this process, in float32."""
    return _fastest(sizes, rows, stack_size, device, torch.float32)[1]


def calibrate(
    sizes: tuple[int, ...],
    rows: int,
    stack_size: int,
    repeats: int = 15,
    device: str = "cpu",
    dtype: torch.dtype = torch.float32,
) -> float:
    """Return the bound: seconds that the products of one step take per network, in `dtype`: median of `repeats`.

    It is measured in this process with the threads that it has: call it on every core at once for a busy machine.
    Which library is fastest at which product is measured by a process's first call for its shapes.
    """
    step, _ = _fastest(sizes, rows, stack_size, device, dtype)
    step()
    return statistics.median(_seconds(step, device) for _ in range(repeats)) / stack_size


def least_seconds(ways: Mapping[str, Step], device: str = "cpu", rounds: int = 7) -> dict[str, float]:
    """Return the least seconds of each of several ways, measured in turn."""
    for step in ways.values():
        step()
    times = [{name: _seconds(step, device) for name, step in ways.items()} for _ in range(rounds)]
    return {name: min(each[name] for each in times) for name in ways}


def _seconds(step: Step, device: str) -> float:
    """Return how long `step` takes until `device` has done it."""
    started = _clock(device)
    step()
    return _clock(device) - started


def _clock(device: str) -> float:
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()
