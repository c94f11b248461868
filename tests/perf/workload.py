"""The default study in small: its stack of eight trials, their networks, and a few batches of images."""

from __future__ import annotations

import importlib
import importlib.util

import torch

from bench.data.split import Split
from bench.engines.stacked import model
from bench.engines.stacked.model import Layer
from bench.record.trials import Condition, Recipe, Seeds, Stack, Trial
from tests.perf.conftest import BATCH, TRIALS

BOOK = Recipe(
    data="fashion_mnist",
    train_size=60_000,
    validation_size=0,
    hidden=(256, 256),
    initialisation="default",
    epochs=10,
    batch_size=BATCH,
    learning_rate=0.5,
)
SIZES = (784, *BOOK.hidden, 10)
RATES = [(0.0, 0.0), (0.2, 0.5), (0.5, 0.2), (1.0, 1.0), (0.1, 0.1), (0.3, 0.3), (0.5, 0.5), (0.7, 0.7)]
assert len(RATES) == TRIALS


def study_stack() -> Stack:
    """Return the default study's eight conditions of one seed."""
    conditions = [Condition(f"c{index}", (("dropout", rates),)) for index, rates in enumerate(RATES)]
    trials = [Trial("perf", each, 0, Seeds(0, 0, 0), BOOK, "cpu", data_hash="", code_hash="") for each in conditions]
    return Stack(tuple(trials))


def networks() -> list[Layer]:
    """Return the initial networks of the stack."""
    _as_a_worker_does()
    weights = model.initial_weights(SIZES, 0, BOOK.initialisation)
    return model.build(weights, TRIALS, torch.float32, torch.device("cpu"))


def images(batches: int) -> Split:
    """Return so many full batches of training images, and one of test images."""
    rows = batches * BATCH
    pixels = torch.linspace(0, 1, rows * SIZES[0]).reshape(rows, SIZES[0])
    labels = torch.arange(rows) % SIZES[-1]
    return Split(pixels, labels, pixels[:0], labels[:0], pixels[:BATCH], labels[:BATCH], classes=SIZES[-1])


def _as_a_worker_does() -> None:
    """Take the compiled passes, and the library that is fastest here, where this tree has a choice."""
    for name in ("passes", "multiplying"):
        if importlib.util.find_spec(f"bench.base.{name}") is None:
            return
    passes, multiplying = (importlib.import_module(f"bench.base.{name}") for name in ("passes", "multiplying"))
    passes.load()
    multiplying.use(multiplying.fastest({SIZES: BATCH}))
