"""Training alone, over stack sizes and precisions, beside what the card's matrix products and its memory allow."""

from __future__ import annotations

import importlib.util
import itertools
from dataclasses import dataclass, replace
from typing import Any

import torch

from bench.base.matrix_products import fastest_step, step_flop
from bench.base.precision import operand_format, products
from bench.data.split import Split
from bench.engines.stacked import model, train
from bench.record.trials import Stack
from tests.gpu import book
from tests.gpu.clock import captured, seconds
from tests.gpu.note import Note

STACKS, TINY_STACKS = (528, 264, 132, 66, 8, 1), (2, 1)
STACKED = 66
"""Networks of the stacked engine's stack: one seed has as many conditions, at most."""
EPOCHS, WINDOWS = 10, 5
COPY_BYTES, TINY_COPY_BYTES = 2 << 30, 1 << 16
ROOM = 8.0
"""Seconds that must be left for one more stack."""


@dataclass(frozen=True)
class Work:
    """What a step of training does, for one network."""

    sizes: tuple[int, ...]
    rows: int

    def flop(self) -> int:
        """Return its floating-point operations."""
        return step_flop(self.sizes, self.rows)

    def bytes(self, activation: int) -> int:
        """Return the bytes that the fused kernels read and write, each tensor once a kernel; images are in cache.

        Weights, float32, are read forward, again for the gradient by the layer before (all layers but the first), and
        read and written by the update. Of `activation` bytes each: a layer's outputs are written once and read by the
        next layer, by its update and for the slope; errors are written once, read by the update and, but for the first
        layer's, for the gradient by the layer before.
        """
        layers = list(itertools.pairwise(self.sizes))
        weights = sum(4 * inputs * outputs * (4 if layer else 3) for layer, (inputs, outputs) in enumerate(layers))
        units = sum(self.sizes[1:-1])
        errors = 3 * (units + self.sizes[-1]) - self.sizes[1]
        return weights + activation * self.rows * (4 * units + errors)


def take(note: Note) -> None:
    setting = book.setting(note.rehearsal)
    split = book.split(setting, note.device, test_size=16 if note.rehearsal else None)
    work = Work((split.train_images.shape[1], *setting.hidden, split.classes), setting.batch_size)
    note.put(copy=copy_roof(note.device, TINY_COPY_BYTES if note.rehearsal else COPY_BYTES))
    bandwidth = note.found["copy"]["bytes_per_second"]
    has_kernels = importlib.util.find_spec("triton") is not None
    if not has_kernels:
        note.put(fused="Triton is not installed: the stacked engine and the roofs alone")
    precisions = ("float32",) if note.rehearsal else book.PRECISIONS
    counts = TINY_STACKS if note.rehearsal else STACKS
    for precision in precisions:
        for count in counts:
            if note.time_left() < ROOM:
                note.add("left_out", {"precision": precision, "stack": count})
                continue
            roof = bmm_roof(work, count, precision, note.device)
            row = {"engine": "fused", "precision": precision, "stack": count, "bmm_step_seconds": roof}
            if has_kernels:
                measured = fused(count, precision, split, setting)
                row |= measured | shares(measured["step_seconds"], count, work, precision, roof, bandwidth)
            note.add("rows", row)
            release(note.device)
    for precision in precisions:
        if note.time_left() < ROOM:
            note.add("left_out", {"engine": "stacked", "precision": precision})
            continue
        count = counts[0] if note.rehearsal else STACKED
        row = {"engine": "stacked", "precision": precision, "stack": count}
        note.add("rows", row | stacked(count, precision, split, setting))
        release(note.device)


def fused(count: int, precision: str, split: Split, setting: book.Setting) -> dict[str, float]:
    """Return the seconds of a step replayed from its graph, of an epoch with its orders and scores, of evaluation."""
    from bench.engines.fused import training  # noqa: PLC0415 - imports Triton

    device = split.train_images.device.type
    engine = training.FusedEngine(book.trials(count, precision, device, setting.recipe()), split)
    engine.train_epoch(0)
    engine.stack.begin_epoch(1)
    calls = max(1, engine.stack.steps // WINDOWS)
    step = seconds(engine.step, device, calls, windows=min(WINDOWS, engine.stack.steps))
    return rates(count, engine, step, device)


def rates(count: int, engine: Any, step: float, device: str) -> dict[str, float]:
    """Return the seconds of each part of a trial, and the trials a second that they make."""
    epochs = itertools.count(2)
    engine.evaluate("test")
    epoch = seconds(lambda: engine.train_epoch(next(epochs)), device, windows=2)
    evaluation = seconds(lambda: engine.evaluate("test"), device, windows=3)
    return {
        "step_seconds": step,
        "epoch_seconds": epoch,
        "evaluation_seconds": evaluation,
        "trials_per_second": count / (EPOCHS * epoch),
        "trials_per_second_evaluated": count / (EPOCHS * (epoch + evaluation)),
    }


def stacked(count: int, precision: str, split: Split, setting: book.Setting) -> dict[str, float]:
    """Return the seconds of an epoch of the stacked engine, whose stack is of one seed."""
    device = split.train_images.device
    many = book.trials(count, precision, device.type, setting.recipe())
    stack = Stack(tuple(replace(one, seed=many[0].seed, seeds=many[0].seeds) for one in many))
    sizes = (split.train_images.shape[1], *setting.hidden, split.classes)
    initial = model.initial_weights(sizes, many[0].seeds.init, stack.recipe.initialisation)
    operands = operand_format(precision, torch.float32)
    network = model.build(initial, count, torch.float32, device, operands)
    with products(precision):
        train.train_epoch(network, stack, 0, split)
        epoch = seconds(lambda: train.train_epoch(network, stack, 1, split), device.type, windows=1)
    return {"epoch_seconds": epoch, "trials_per_second": count / (EPOCHS * epoch)}


def shares(step: float, count: int, work: Work, precision: str, roof: float, bandwidth: float) -> dict[str, float]:
    """Return how a step compares with its products alone by ``bmm``, and with a copy of the bytes it moves."""
    moved = count * work.bytes(2 if precision == "bfloat16" else 4)
    return {
        "flop_per_second": count * work.flop() / step,
        "moved_bytes_per_second": moved / step,
        "bmm_over_step": roof / step,
        "copy_over_step": moved / bandwidth / step,
    }


def bmm_roof(work: Work, count: int, precision: str, device: str) -> float:
    """Return the seconds of a step's products alone for `count` networks, by ``bmm``, in one CUDA graph."""
    dtype = operand_format(precision, torch.float32)
    with products(precision):
        step = captured(fastest_step(work.sizes, work.rows, count, dtype, device)[0], device)
        step()
        return seconds(step, device, calls=10 if device == "cuda" else 1)


def copy_roof(device: str, size: int) -> dict[str, float]:
    """Return the bytes a second, read and written together, of a copy within the device's memory."""
    source = torch.ones(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    target.copy_(source)
    taken = seconds(lambda: target.copy_(source), device, calls=5)
    return {"bytes": size, "bytes_per_second": 2 * size / taken}


def release(device: str) -> None:
    """Give back memory that nothing uses."""
    if device == "cuda":
        torch.cuda.empty_cache()
