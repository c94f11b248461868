"""What tests of every folder share: the real images that ship, and stacks to train on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.base.threads import single_thread
from bench.data import DATA_SETS
from bench.data.images import Images
from bench.data.split import Split, make_split
from bench.record.trials import Condition, Recipe, Seeds, Stack, Trial

SMALL = Recipe("fashion_mnist_sample", 320, 0, (32, 24), "default", 2, 64, 0.5)
"""Five full batches of real images: seconds at most."""


def condition(label: str, **settings: tuple[float, ...]) -> Condition:
    return Condition(label, tuple(settings.items()))


def trial(setting: Condition, seed: int = 0, recipe: Recipe = SMALL) -> Trial:
    return Trial("test", setting, seed, Seeds(seed, seed, seed), recipe, "cpu", data_hash="d", code_hash="c")


def in_precision(trial: Trial, precision: str) -> Trial:
    return replace(trial, precision=precision)


def stack(*settings: Condition, seed: int = 0, recipe: Recipe = SMALL) -> Stack:
    return Stack(tuple(trial(setting, seed, recipe) for setting in settings))


@pytest.fixture(scope="session")
def sample_images() -> Images:
    return DATA_SETS["fashion_mnist_sample"].load(Path())


@pytest.fixture(scope="session")
def small_split(sample_images: Images) -> Split:
    return make_split(sample_images, SMALL.train_size, SMALL.validation_size)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Train as the workers do."""
    single_thread()
