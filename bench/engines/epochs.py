"""The training of trials over their epochs, whatever engine takes the steps: what is timed, scored, and when."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import torch

from bench.record.outcome import Outcome, Score


class Engine(Protocol):
    """Several trials in training. Every method answers for each of them, in their order."""

    count: int
    """How many."""
    device: torch.device
    has_validation: bool

    def train_epoch(self, epoch: int) -> list[Score]:
        """Train for one epoch, counted from 0; return the running scores."""
        ...

    def end_epoch(self, epoch: int) -> list[dict[str, float]]:
        """Do what follows an epoch, untimed, before it is evaluated; return what else its curves have."""
        ...

    def evaluate(self, part: str) -> list[Score]:
        """Score on ``train``, ``validation`` or ``test``, in evaluation mode."""
        ...


def run_epochs(engine: Engine, epochs: int, on_epoch: Callable[[], None]) -> list[Outcome]:
    """Train for `epochs`, and score; `on_epoch` is called after each. Training alone is timed, shared among trials."""
    outcomes = [Outcome() for _ in range(engine.count)]
    for epoch in range(epochs):
        started = _clock(engine.device)
        running = engine.train_epoch(epoch)
        seconds = (_clock(engine.device) - started) / len(outcomes)
        ended = engine.end_epoch(epoch)
        for outcome, running_score, test_score, more in zip(
            outcomes, running, engine.evaluate("test"), ended, strict=True
        ):
            outcome.running.append(running_score)
            outcome.test.append(test_score)
            outcome.activations.append(more)
            outcome.train_seconds += seconds
        on_epoch()
    for outcome, score in zip(outcomes, engine.evaluate("train"), strict=True):
        outcome.train = score
    if engine.has_validation:
        for outcome, score in zip(outcomes, engine.evaluate("validation"), strict=True):
            outcome.validation = score
    return outcomes


def _clock(device: torch.device) -> float:
    """Return the time in seconds once `device` has done its work."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
