"""What the performance cases measure with: one thread, the book's sizes, random images."""

from __future__ import annotations

import pytest
import torch

from bench import model
from bench.data.split import Split
from bench.model import Layer
from bench.trials import Recipe, Stack
from tests.conftest import condition, stack

BOOK = Recipe("fashion_mnist", 60_000, 0, (256, 256), "default", 10, 256, 0.5)
RATES = [(0.0, 0.0), (0.2, 0.5), (0.5, 0.2), (1.0, 1.0), (0.1, 0.1), (0.3, 0.3), (0.5, 0.5), (0.7, 0.7)]
SIZES = (784, *BOOK.hidden, 10)


@pytest.fixture(scope="session", autouse=True)
def one_thread_as_the_workers() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def study_stack() -> Stack:
    """The default study's eight conditions of one seed."""
    return stack(*(condition(f"c{i}", dropout=rates) for i, rates in enumerate(RATES)), recipe=BOOK)


@pytest.fixture
def network(study_stack: Stack) -> list[Layer]:
    weights = model.initial_weights(SIZES, 0, "default")
    return model.build(weights, len(study_stack.trials), torch.float32, torch.device("cpu"))


@pytest.fixture(scope="session")
def one_batch() -> Split:
    """One full batch of training images, and as many test images."""
    rows = BOOK.batch_size
    images = torch.linspace(0, 1, rows * SIZES[0]).reshape(rows, SIZES[0])
    labels = torch.arange(rows) % SIZES[-1]
    return Split(images, labels, images[:0], labels[:0], images, labels, classes=SIZES[-1])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print throughput, and the engine's share of the bound measured in the same run."""
    session = getattr(config, "_benchmarksession", None)
    median = {bench.name: bench.stats.median for bench in session.benchmarks if bench.stats.rounds} if session else {}
    bound, step = median.get("test_sgemm_bound"), median.get("test_training_step")
    if bound is None or step is None:
        return
    trials, steps_per_epoch = len(RATES), -(-BOOK.train_size // BOOK.batch_size)
    write = terminalreporter.write_line
    terminalreporter.section("throughput on one core")
    speed, epoch = trials * BOOK.batch_size / step, step * steps_per_epoch / trials
    write(f"training: {speed:,.0f} samples/s, {epoch:.3f} s an epoch and trial")
    write(f"sgemm bound at the step's shapes: {bound * steps_per_epoch / trials:.3f} s an epoch and trial")
    write(f"fraction of the bound: {bound / step:.1%}")
    for name in ("test_book_loop[book]", "test_book_loop[torch]"):
        if loop := median.get(name):
            write(f"a step of the book's loop ({name}): {loop * trials / step:.1f} times the engine's, per trial")
