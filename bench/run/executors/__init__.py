"""Ways to run stacks: each takes stacks from a source until it is empty, and yields what has happened."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.record.trials import Stack

if TYPE_CHECKING:
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
    environment: dict[str, Any] | None = None
    """Provenance of the machine that trained it, where that may be another than the runner's."""


@dataclass(frozen=True)
class PutBack:
    """The machine or process that trained a stack is lost: the stack is trained again, from its start."""

    stack: Stack


Event = EpochDone | StackDone | PutBack
Executor = Callable[[NextStack, int], Generator[list[Event]]]
"""(source of stacks, number of workers) -> all events that are known by now. Closing the generator stops the workers.

Stacks that end while the rows of others are written come together, and their rows are written together.
"""


@dataclass(frozen=True)
class Team:
    """What trains a study."""

    executor: Executor
    workers: int
    """How many stacks it trains at once."""
    here: int
    """How many of these share the memory of this machine."""
    joins_seeds: bool = True
    """Whether a stack may have several seeds: not where each of them stays on one kind of machine."""


def executor_of(name: str, results: Path | None = None) -> Executor:
    """Return the executor of a name, or of own training code where that has `results`.

    It is imported once it trains: torch is slow to import, and where nothing is to do there is no need of it.
    """

    def run(next_stack: NextStack, workers: int) -> Generator[list[Event]]:
        found = import_module(f"bench.run.executors.{name}")
        return (found.run if results is None else found.executor(results))(next_stack, workers)

    return run
