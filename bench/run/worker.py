"""What a worker does with a stack: load the data, train, and make a result of every trial, come what may."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch

from bench.data import images_of
from bench.data.split import Split, make_split
from bench.engines.stacked.train import train_stack
from bench.record import rows
from bench.record.code_hash import sources_hash
from bench.record.outcome import Outcome
from bench.record.rows import Row
from bench.record.trials import FUSED, Stack, Trial, versions


@dataclass(frozen=True)
class Result:
    """A trial's row, except for what the runner knows (names, environment), and its curve."""

    trial: Trial
    row: Row
    curve: list[Row]


def perform(stack: Stack, on_epoch: Callable[[], None]) -> list[Result]:
    """Train the stack and return a result for each trial.

    Where the stack raises, each trial is tried alone; one that raises again becomes a failed row with its error.
    """
    began = rows.Beginning()
    try:
        return _results(stack, began, on_epoch)
    except Exception as error:  # noqa: BLE001 - whatever a trial raises is an outcome to record
        if len(stack.trials) == 1:
            return failure(stack, error, began)
    # Outside the except block, whose error would keep the memory of the failed stack alive.
    return [result for trial in stack.trials for result in perform(Stack((trial,)), on_epoch)]


def _results(stack: Stack, began: rows.Beginning, on_epoch: Callable[[], None]) -> list[Result]:
    check_sources(stack)
    recipe = stack.recipe
    split = load_split(
        recipe.data,
        recipe.train_size,
        recipe.validation_size,
        stack.trials[0].device,
        stratified=recipe.stratified,
        label_noise=recipe.label_noise,
    )
    outcomes = train(stack, split, on_epoch)
    execution = rows.executed(len(outcomes), began)
    return [
        Result(trial, rows.measured(outcome, split.classes) | execution, rows.curve(outcome))
        for trial, outcome in zip(stack.trials, outcomes, strict=True)
    ]


def train(stack: Stack, split: Split, on_epoch: Callable[[], None]) -> list[Outcome]:
    """Train the stack by the engine that it was planned for."""
    if stack.trials[0].engine == FUSED:
        from bench.engines.fused.training import train_stack as train_fused  # noqa: PLC0415 - Triton may be absent

        return train_fused(stack.trials, split, on_epoch)
    return train_stack(stack, split, on_epoch)


def check_sources(stack: Stack) -> None:
    """Raise RuntimeError unless this process runs the sources and plug-ins that the trials were planned with."""
    for trial in stack.trials:
        if (sources_hash(), versions(trial.condition, trial.engine)) != (trial.code_hash, trial.versions):
            raise RuntimeError("the sources of the engine were changed while the study ran: run it again")


def failure(stack: Stack, error: Exception, began: rows.Beginning) -> list[Result]:
    """Return a failed result, with no numbers, for each trial of the stack."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    said = {"error": f"{type(error).__name__}: {error}{place}"}
    row = said | rows.executed(len(stack.trials), began)
    return [Result(trial, row, []) for trial in stack.trials]


@lru_cache(maxsize=2)
def load_split(
    data: str,
    train_size: int,
    validation_size: int,
    device: str,
    *,
    stratified: bool = False,
    label_noise: float = 0.0,
) -> Split:
    """Return the verified data of a recipe on `device`, on the CPU as bytes; a process keeps the last two splits."""
    images, noise, dtype = images_of(data), label_noise, torch.uint8 if device == "cpu" else torch.float32
    split = make_split(images, train_size, validation_size, dtype, stratified=stratified, label_noise=noise)
    return split.to(torch.device(device))
