"""How long trials will take on this machine, from a short measurement of the real loop on random images."""

from __future__ import annotations

import time

import torch

from bench.base.threads import single_thread
from bench.data import DATA_SETS
from bench.data.split import Split
from bench.engines.stacked.train import StackedEngine
from bench.record.trials import Recipe, Stack
from bench.run.executors.own import experiment_of, slots
from bench.run.library import choose_library
from bench.run.standing import Standing

STEPS = 6
TEST_ROWS = 1000


def seconds_of(stacks: list[Stack], workers: int) -> float:
    """Return about how many seconds the stacks will take on `workers`, measured on the largest of each recipe."""
    single_thread()
    choose_library(trial for stack in stacks for trial in stack.trials)
    largest: dict[Recipe, Stack] = {}
    for stack in sorted(stacks, key=lambda stack: len(stack.trials)):
        largest[stack.recipe] = stack
    per_trial = {recipe: _seconds_per_trial(stack) for recipe, stack in largest.items()}
    return _makespan([per_trial[stack.recipe] * len(stack.trials) for stack in stacks], workers)


def seconds_of_own(now: Standing, workers: int) -> float | None:
    """Return about how long own training code will take for what is to do, None where no trial of it has ended."""
    taken = [(row["ended_at"] - row["started_at"]).total_seconds() for row in now.rows("started_at", "ended_at")]
    at_once = len(slots(experiment_of(now.to_do[0]), now.to_do[0].device, workers))
    return _makespan([sum(taken) / len(taken)] * len(now.to_do), at_once) if taken and at_once else None


def _seconds_per_trial(largest: Stack) -> float:
    """Return about how many seconds each trial of a stack takes."""
    recipe, data_set = largest.recipe, DATA_SETS[largest.recipe.data]
    train_rows = STEPS * min(recipe.batch_size, recipe.train_size)
    split = _random_split(train_rows, data_set.pixels, data_set.classes)
    engine = StackedEngine(largest, split)

    engine.train_epoch(0)
    started = time.perf_counter()
    engine.train_epoch(1)
    trained = time.perf_counter()
    engine.evaluate("test")
    tested = time.perf_counter()
    per_row = (trained - started) / train_rows, (tested - trained) / TEST_ROWS
    epoch = per_row[0] * recipe.train_size + per_row[1] * data_set.test_total
    final = per_row[1] * (recipe.train_size + recipe.validation_size)
    return (epoch * recipe.epochs + final) / len(largest.trials)


def _makespan(seconds: list[float], workers: int) -> float:
    """Return when the last worker is done, each taking the next stack as it becomes free."""
    free = [0.0] * workers
    for duration in seconds:
        free[free.index(min(free))] += duration
    return max(free)


def _random_split(train_rows: int, pixels: int, classes: int) -> Split:
    def images(rows: int) -> torch.Tensor:
        return torch.linspace(0, 1, rows * pixels).reshape(rows, pixels)

    def labels(rows: int) -> torch.Tensor:
        return torch.arange(rows) % classes

    train, test = (images(train_rows), labels(train_rows)), (images(TEST_ROWS), labels(TEST_ROWS))
    return Split(*train, images(0), labels(0), *test, classes=classes)
