"""What one process is asked to do for one trial, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.record.experiment import Experiment

EPOCH = "epoch"
"""Sent after each epoch: the trial is alive."""


@dataclass(frozen=True)
class Job:
    """One trial, for a process of its own.

    Parameters
    ----------
    experiment : Experiment
        With the settings of the trial's condition.
    seed : int
    sources : tuple of int
        Numbers of the seeds of init, order and mask.
    devices : tuple of str
    visible : str or None
        What ``CUDA_VISIBLE_DEVICES`` is to be; None leaves it.
    folder : Path
        The trial's own.
    """

    experiment: Experiment
    seed: int
    sources: tuple[int, int, int]
    devices: tuple[str, ...]
    visible: str | None
    folder: Path


@dataclass(frozen=True)
class Answer:
    """What came of it: columns of its row and rows of its curve, or why it failed."""

    row: dict[str, Any] = field(default_factory=dict)
    curve: list[dict[str, Any]] = field(default_factory=list)
    warnings: tuple[str, ...] = ()
    error: str | None = None
