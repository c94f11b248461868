"""Short trainings on real images, by which laws are tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import torch

from bench.base import draws
from bench.base.draws import Position
from bench.data import DATA_SETS
from bench.data.split import Split, make_split
from bench.engines.stacked.train import train_stack
from bench.record.outcome import Outcome
from bench.record.trials import Condition, Recipe, Seeds, Stack, Trial
from bench.regularisers.record import Regulariser

RECIPE = Recipe("fashion_mnist_sample", 256, 64, (32, 24), "default", 4, 64, 0.8)
"""Long enough for every schedule; validation losses of 2.2, 2.9, 2.1, 2.2, so that patience matters."""
TESTED = 100


@cache
def split() -> Split:
    """Return the images, of which all but a few tested ones are trained on or validate."""
    whole = make_split(DATA_SETS[RECIPE.data].load(Path()), RECIPE.train_size, RECIPE.validation_size)
    return replace(whole, test_images=whole.test_images[:TESTED], test_labels=whole.test_labels[:TESTED])


def beside(record: Regulariser) -> dict[str, tuple[float, ...]]:
    """Return the settings without which `record` has nothing to act on: passes repeat the noise of another."""
    return {"dropout": (0.5,) * len(RECIPE.hidden)} if record.passes else {}


def setting(record: Regulariser, strength: float, label: str = "x") -> Condition:
    """Return a condition with `record` at `strength` throughout."""
    own = {record.name: (strength,) * len(record.columns(len(RECIPE.hidden)))}
    return Condition(label, tuple((own | beside(record)).items()))


def without(record: Regulariser, label: str = "none") -> Condition:
    """Return a condition without `record`."""
    return Condition(label, tuple(beside(record).items()))


def weaker(record: Regulariser) -> float:
    """Return another strength that does something, between null and typical where null is finite."""
    if record.null in (float("inf"), float("-inf")):
        return record.typical / 2
    middle = (record.typical + record.null) / 2
    return float(round(middle)) if record.whole else middle


def stack(*settings: Condition, others: tuple[Condition, ...] = ()) -> Stack:
    """Return a stack of these conditions at seed 0, after `others` at seed 1."""
    made = [
        Trial("check", each, seed, Seeds(seed, seed, seed), RECIPE, "cpu", data_hash="", code_hash="")
        for seed, conditions in ((1, others), (0, settings))
        for each in conditions
    ]
    return Stack(tuple(made))


def trained(*settings: Condition, others: tuple[Condition, ...] = ()) -> list[Outcome]:
    """Train the conditions in one stack, after `others` at another seed; return the outcomes of both."""
    return train_stack(stack(*settings, others=others), split(), lambda: None)


def same(one: Outcome, other: Outcome) -> bool:
    """Tell whether two outcomes agree to the bit; a loss that is no number agrees with itself."""
    pairs = [*zip(one.running, other.running, strict=True), *zip(one.test, other.test, strict=True)]
    pairs += [(one.train, other.train)] if one.train and other.train else []
    return all(repr(a.loss) == repr(b.loss) and torch.equal(a.correct, b.correct) for a, b in pairs)


@contextmanager
def streams_noted() -> Iterator[set[str]]:
    """Give the set of the streams that random numbers are drawn from meanwhile."""
    streams: set[str] = set()
    right = draws.words

    def noted(seed: int, stream: str, at: Position, count: int) -> np.ndarray:
        streams.add(stream)
        return right(seed, stream, at, count)

    draws.words = noted
    try:
        yield streams
    finally:
        draws.words = right
