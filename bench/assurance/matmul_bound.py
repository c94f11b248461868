"""What the machine allows: the matrix products of a training step alone, at the step's own shapes.

An MLP with layer widths ``sizes`` needs three products a layer (forward, weight gradient, input gradient), less the
input gradient of the first. Nothing else that a step does is free, so no engine that multiplies by torch's ``bmm`` is
faster. The engine multiplies by numpy's library, which is faster by some per cent: it may pass this bound by as much.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable

import torch


def products(
    sizes: tuple[int, ...], rows: int, stack_size: int, dtype: torch.dtype, device: str = "cpu"
) -> Callable[[], None]:
    """Return a function that does the products of one step of `rows` images for `stack_size` networks, by ``bmm``."""
    shapes = list(itertools.pairwise(sizes))

    def filled(*shape: int) -> torch.Tensor:
        return torch.rand(stack_size, *shape).to(device, dtype)

    def empty(*shape: int) -> torch.Tensor:
        return torch.empty(stack_size, *shape, dtype=dtype, device=device)

    inputs = [filled(rows, i) for i, _ in shapes]
    weights = [filled(i, o) for i, o in shapes]
    errors = [filled(rows, o) for _, o in shapes]
    outputs = [empty(rows, o) for _, o in shapes]
    passed_on = [empty(rows, i) for i, _ in shapes]
    gradients = [empty(i, o) for i, o in shapes]

    def step() -> None:
        for layer in range(len(shapes)):
            torch.bmm(inputs[layer], weights[layer], out=outputs[layer])
            torch.bmm(inputs[layer].mT, errors[layer], out=gradients[layer])
            if layer:
                torch.bmm(errors[layer], weights[layer].mT, out=passed_on[layer])

    return step


def step_flop(sizes: tuple[int, ...], rows: int) -> int:
    """Return the floating-point operations of one step's products for one network, a multiply-add counting two."""
    per_layer = [2 * rows * i * o for i, o in itertools.pairwise(sizes)]
    return 3 * sum(per_layer) - per_layer[0]


def calibrate(sizes: tuple[int, ...], rows: int, stack_size: int, repeats: int = 15, device: str = "cpu") -> float:
    """Return the seconds that the products of one step take per network, in float32: median of `repeats`.

    It is measured in this process with the threads that it has: call it on every core at once for a busy machine.
    """
    step = products(sizes, rows, stack_size, torch.float32, device)
    step()
    return statistics.median(_seconds(step, device) for _ in range(repeats)) / stack_size


def _seconds(step: Callable[[], None], device: str) -> float:
    """Return how long `step` takes until `device` has done it."""
    started = _clock(device)
    step()
    return _clock(device) - started


def _clock(device: str) -> float:
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()
