"""What is checked: a training function or a command, with the settings that it is run with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.engines.own.function import load
from bench.record.experiment import Experiment

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Subject:
    """Training code.

    Parameters
    ----------
    name : str
    experiment : Experiment
        A function's or a command's; its settings are not used.
    function : callable, optional
        Where the function is at hand; else it is loaded from its file.
    conditions : mapping of str to settings
        The control first.
    fixed : tuple of str
        Conditions that a study asks for.
    asked : mapping
        Settings that the user has given.
    """

    name: str
    experiment: Experiment
    function: Callable[..., Any] | None = None
    conditions: Mapping[str, Settings] = field(default_factory=dict)
    fixed: tuple[str, ...] = ()
    asked: Settings = field(default_factory=dict)

    @property
    def is_command(self) -> bool:
        """Whether a command trains."""
        return bool(self.experiment.command)

    @property
    def has_file(self) -> bool:
        """Whether the function can be imported again."""
        return self.function is None and not self.is_command

    def load(self) -> Callable[..., Any]:
        """Return the function."""
        return load(self.experiment) if self.function is None else self.function

    def forget(self) -> None:
        """Let the next load import the modules of the experiment's folder again."""
        folder = self.experiment.folder
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file is not None and str(Path(file)) in {str((folder / each).resolve()) for each in self.files}:
                del sys.modules[name]

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the function needs."""
        return self.experiment.files
