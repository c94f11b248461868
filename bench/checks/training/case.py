"""What a law is given: the trainings of the conditions, and those that were changed a little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.checks.training.once import Run
from bench.checks.training.subject import Subject

REPEATED, AMBIENT_STATE, HASHING = "again", "ambient", "hash seed"
INIT, ORDER, MASK, SEED = "init", "order", "mask", "seed"
TWICE, UNDO, WORKERS, KILLED, RESUMED, WITHOUT = "twice", "undo", "workers", "killed", "resumed", "dropout off"


@dataclass(frozen=True)
class Case:
    """A training before the laws.

    Parameters
    ----------
    conditions : mapping of label to run
        The control first.
    main : str
        The condition that everything else was tried with: one with noise, where there is one.
    changed : mapping of name to run
        The main condition, changed in one respect.
    moved : mapping of setting to (value, run)
        The main condition with another value of a setting.
    """

    subject: Subject
    conditions: Mapping[str, Run]
    main: str
    changed: Mapping[str, Run]
    moved: Mapping[str, tuple[Any, Run]]

    @property
    def base(self) -> Run:
        """The main condition as it is."""
        return self.conditions[self.main]

    @property
    def control(self) -> str:
        """Label of the control."""
        return next(iter(self.conditions))

    @property
    def others(self) -> list[tuple[str, Run]]:
        """Every condition but the control, and the main one with torch's dropout taken out where it is the only one."""
        rest = [(label, run) for label, run in self.conditions.items() if label != self.control]
        return rest or [(name, run) for name, run in self.changed.items() if name == WITHOUT and run.error is None]

    @property
    def uses_loader(self) -> bool:
        """Whether the examples come from torch's DataLoader."""
        return bool(self.base.seen.workers)

    def asks_for(self, stream: str) -> bool:
        """Tell whether the training asks for a stream, or reads its seed."""
        return any(each[0] == stream for each in self.base.seen.requests)
