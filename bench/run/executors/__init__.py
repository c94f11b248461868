"""Ways to run stacks: each takes stacks from a source until it is empty, and yields what happens."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from bench.record.trials import Stack
from bench.run.worker import Result

NextStack = Callable[[], Stack | None]
"""Gives the next stack to train, or None when there is none (now)."""


@dataclass(frozen=True)
class EpochDone:
    """One more epoch of a stack has been trained."""

    stack: Stack


@dataclass(frozen=True)
class StackDone:
    """A stack is finished, with one result per trial."""

    stack: Stack
    results: list[Result]


Event = EpochDone | StackDone
Executor = Callable[[NextStack, int], Generator[Event]]
"""(source of stacks, number of workers) -> events. Closing the generator stops the workers."""
