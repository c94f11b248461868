"""How many ten-epoch trials a second CUDA trains: stacked, fused and fused in a graph; printed and written as JSON.

Set BENCH_GPU_RESULTS to a folder to have throughput.json there, which is what is committed as results.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from bench.base.precision import operand_format, products
from bench.data.split import Split
from bench.engines.stacked import model, train
from bench.record.trials import FUSED, Recipe, Stack, Trial
from tests.conftest import condition, trial

pytest.importorskip("triton", reason="Triton is not installed")
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.slow,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="CUDA is not here"),
]

CUDA = torch.device("cuda")
EPOCHS, STEPS = 10, 20
RECIPE = Recipe("fashion_mnist", STEPS * 256, 0, (256, 256), "default", EPOCHS, 256, 0.5)
STEPS_PER_TRIAL = 2350
RATES = [(0.0, 0.0), (0.2, 0.5), (0.5, 0.2), (0.1, 0.1), (0.3, 0.3), (0.5, 0.5)]


def images() -> Split:
    pixels = torch.randint(0, 256, (RECIPE.train_size, 784), generator=torch.Generator().manual_seed(0)).float() / 255
    labels = torch.arange(RECIPE.train_size) % 10
    return Split(pixels, labels, pixels[:0], labels[:0], pixels[:256], labels[:256], classes=10).to(CUDA)


def trials(count: int, precision: str) -> list[Trial]:
    return [
        replace(
            trial(condition("c", dropout=RATES[place % len(RATES)]), place // len(RATES), RECIPE),
            device="cuda",
            precision=precision,
            engine=FUSED,
        )
        for place in range(count)
    ]


def seconds(epoch: Callable[[int], Any]) -> float:
    """Return the seconds of the fastest of five epochs, after one to warm up."""
    epoch(0)
    found = []
    for number in range(1, 6):
        torch.cuda.synchronize()
        started = time.perf_counter()
        epoch(number)
        torch.cuda.synchronize()
        found.append(time.perf_counter() - started)
    return min(found)


def rate(count: int, epoch_seconds: float) -> float:
    """Return ten-epoch trials a second, training alone."""
    return count / (epoch_seconds / STEPS * STEPS_PER_TRIAL)


def fused(count: int, precision: str, is_graph: bool) -> float:
    from bench.engines.fused import training  # noqa: PLC0415 - needs Triton
    from bench.engines.fused.step import FusedStack  # noqa: PLC0415

    stack = FusedStack(trials(count, precision), images())
    step = training.replayed(stack) if is_graph else stack.step
    return rate(count, seconds(lambda epoch: training.train_epoch(stack, step, epoch)))


def stacked(precision: str) -> float:
    """The stacked engine, whose stacks are of one seed: as many conditions as the default study has, times eleven."""
    stack = Stack(tuple(replace(one, seeds=trials(1, precision)[0].seeds) for one in trials(66, precision)))
    split = images()
    sizes = (784, *RECIPE.hidden, 10)
    initial = model.initial_weights(sizes, 0, RECIPE.initialisation)
    operands = operand_format(precision, torch.float32)
    network = model.build(initial, len(stack.trials), torch.float32, CUDA, operands)
    with products(precision):
        return rate(66, seconds(lambda epoch: train.train_epoch(network, stack, epoch, split)))


def test_throughput(capsys: pytest.CaptureFixture[str]) -> None:
    rows = []
    for precision in ("float32", "tf32", "bfloat16"):
        rows.append({"engine": "stacked", "precision": precision, "stack": 66, "trials_per_second": stacked(precision)})
        for count in (66, 132, 264, 528):
            for name, is_graph in (("fused, launched", False), ("fused, graph", True)):
                found = fused(count, precision, is_graph)
                rows.append({"engine": name, "precision": precision, "stack": count, "trials_per_second": found})
    document = {"device": torch.cuda.get_device_name(), "torch": torch.__version__, "steps": STEPS, "rows": rows}
    with capsys.disabled():
        print(f"\n{document['device']}, torch {document['torch']}: ten-epoch trials a second, training alone")
        for row in rows:
            print(f"{row['engine']:16} {row['precision']:9} K={row['stack']:<4} {row['trials_per_second']:8.1f}")
    if folder := os.environ.get("BENCH_GPU_RESULTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / "throughput.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    assert all(row["trials_per_second"] > 0 for row in rows)
