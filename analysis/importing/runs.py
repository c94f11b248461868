"""What every kind of log is read into: runs, with settings, metrics and how they ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bench.schema.divergence import FAILED, OK

__all__ = ["FAILED", "OK", "Examples", "History", "Logs", "Run", "Setting"]

Setting: TypeAlias = str | int | float | bool | None

History: TypeAlias = tuple[tuple[float, float], ...]
"""Values of one metric in the order of the log: (epoch or step, value)."""


@dataclass(frozen=True)
class Examples:
    """Which test examples a run got right.

    Parameters
    ----------
    packed : bytes
        `numpy.packbits` of their correctness, in one order for all runs.
    total, correct : int
    clusters : mapping of str to bytes
        The cluster of each example, as 64-bit integers, by the field that says it.
    """

    packed: bytes
    total: int
    correct: int
    clusters: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """One training run as its log has it.

    Parameters
    ----------
    name : str
        Where it comes from, for a person who looks for it.
    settings : mapping of str to Setting
        Flat: nested keys are joined by dots.
    metrics : mapping of str to float
        What it ended with; a count is an int.
    histories : mapping of str to History
        Values in the course of training, of those metrics that have any.
    status : str
        `OK`, `FAILED`, or diverged where the log says so; whether another run diverged is seen later, by its losses.
    error : str
        Why it failed.
    examples : mapping of str to Examples
        By metric.
    """

    name: str
    settings: Mapping[str, Setting]
    metrics: Mapping[str, float] = field(default_factory=dict)
    histories: Mapping[str, History] = field(default_factory=dict)
    status: str = OK
    error: str = ""
    examples: Mapping[str, Examples] = field(default_factory=dict)


@dataclass(frozen=True)
class Logs:
    """What was read.

    Parameters
    ----------
    runs : tuple of Run
    states_its_end : bool
        Whether the log itself says how a run ended; else `unfinished` looks for runs that stopped early.
    notes : tuple of str
        What a reader must know: which file was taken, what was left out.
    """

    runs: tuple[Run, ...]
    states_its_end: bool = True
    notes: tuple[str, ...] = ()
    condition: tuple[str, ...] = ()
    """Settings that are the condition where nobody says otherwise."""
    seed: str | None = None
    """Setting that is the seed where nobody says otherwise."""
    task: str | None = None
    """Setting that is the task where nobody says otherwise."""
