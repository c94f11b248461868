"""What is certified: a precision on a device, on which task, with how many trials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from bench.base.errors import UsageError, nearest
from bench.base.precision import PRECISIONS, Target
from bench.data import DATA_SETS, data_hash, data_root
from bench.data.split import Split, make_split
from bench.engines.choice import engine_of
from bench.record.code_hash import sources_hash
from bench.record.trials import STACKED, Condition, Recipe, Seeds, Stack, Trial, versions

BOOK = (0.2, 0.5)
"""Dropout of the book's experiment, by hidden layer."""
EXACT = "float32"
"""The precision of trials whose split is in float64: nothing is rounded below the split's own format."""


@dataclass(frozen=True)
class Setting:
    """What a certification needs to know."""

    precision: str
    device: str
    recipe: Recipe
    """Recipe of the trials of rung 4: the book's, except for the number of epochs."""
    trials: int
    """In each arm."""
    workers: int
    out: Path
    say: Callable[[str], None] = lambda text: None
    """Progress, for people."""

    @property
    def folder(self) -> Path:
        """Where the verdict and the engine's trials go."""
        task = f"{self.recipe.data}-{self.recipe.epochs}-epochs"
        return self.out / f"{self.device}-{self.precision}" / task


def book_recipe(epochs: int, data: str = "fashion_mnist") -> Recipe:
    """Return the book's recipe: 784-256-256-10, batches of 256, plain SGD at learning rate 0.5."""
    return Recipe(data, DATA_SETS[data].train_total, 0, (256, 256), "default", epochs, 256, 0.5)


def check(precision: str, device: str) -> None:
    """Raise UsageError where the precision or the device is not here."""
    if precision not in PRECISIONS:
        known = ", ".join(PRECISIONS)
        raise UsageError(f"--precision {precision} was given; this engine has {known}{nearest(precision, PRECISIONS)}")
    target = Target(device, precision)
    if not target.exists():
        raise UsageError(f"--precision {precision} was given; it exists on {', '.join(PRECISIONS[precision])} only")
    if not target.is_present():
        raise UsageError(f"--device {device} --precision {precision}: PyTorch finds no {target} on this machine.")


def one_stack(
    rates: list[tuple[float, ...]], recipe: Recipe, seeds: Seeds, target: Target, dtype: torch.dtype = torch.float32
) -> Stack:
    """Return trials with these dropout rates, one stack, for the engine that a study would plan on `target`.

    In float64 there is the stacked engine only.
    """
    device, precision = target
    engine = STACKED if dtype == torch.float64 else engine_of(device, ["dropout"])
    data = data_hash(recipe.data, recipe.train_size, recipe.validation_size)
    return Stack(
        tuple(
            Trial(
                study="certify",
                condition=condition,
                seed=seeds.init,
                seeds=seeds,
                recipe=recipe,
                device=device,
                data_hash=data,
                code_hash=sources_hash(),
                versions=versions(condition, engine),
                precision=precision,
                engine=engine,
            )
            for condition in map(of_dropout, rates)
        )
    )


def of_dropout(rates: tuple[float, ...]) -> Condition:
    """Return the condition with these dropout rates, one per hidden layer."""
    return Condition("-".join(["rates", *map(str, rates)]), (("dropout", rates),))


def sample_split(recipe: Recipe, test_rows: int, device: str, dtype: torch.dtype) -> Split:
    """Return real images for the rungs that need few: the recipe's, and the first `test_rows` to test on."""
    split = make_split(DATA_SETS[recipe.data].load(data_root()), recipe.train_size, recipe.validation_size, dtype)
    tested = replace(split, test_images=split.test_images[:test_rows], test_labels=split.test_labels[:test_rows])
    return tested.to(torch.device(device))
