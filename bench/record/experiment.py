"""Anybody's own training code: what it is, and what of it names a trial."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.record.settings import canonical, factor


@dataclass(frozen=True)
class Experiment:
    """A function or a command that trains one trial, with the settings of one condition.

    Parameters
    ----------
    function : str
        ``train.py:train``; empty where a command trains.
    command : tuple of str
        Empty where a function trains.
    folder : Path
        That of the study file: where the code is found, and where a command runs.
    files : tuple of str
        Whose content names the trials, from `folder`.
    files_hash, data_hash : str
        Hashes of `files`, comments and docstrings aside, and of the data files.
    data_files : tuple of str
        From `folder`.
    settings : tuple of (str, value)
        All settings, frozen.
    cpus : int
        Cores, hence threads, of one trial.
    accelerators : float
        Share of a GPU that one trial has, or number of GPUs.
    time_limit : float or None
        Seconds that a trial may take.
    classes : int or None
        Number of classes of the test examples.
    chance : float or None
        Accuracy of a guess; None where it is not known.
    deterministic : bool
        Whether two runs of a trial are to give the same bits.
    primary : str
        Metric that must be finite.
    """

    function: str
    command: tuple[str, ...]
    folder: Path
    files: tuple[str, ...]
    files_hash: str
    data_files: tuple[str, ...]
    data_hash: str
    settings: tuple[tuple[str, Any], ...]
    cpus: int = 1
    accelerators: float = 0.0
    time_limit: float | None = None
    classes: int | None = None
    chance: float | None = None
    deterministic: bool = True
    primary: str = "test_accuracy"

    @property
    def name(self) -> str:
        """What trains, in a word or several."""
        return self.function or " ".join(self.command)

    @property
    def epochs(self) -> int | None:
        """How many epochs a trial is expected to report; None where no setting says so."""
        epochs = dict(self.settings).get("epochs")
        return epochs if type(epochs) is int and epochs > 0 else None

    @property
    def hidden(self) -> tuple[int, ...]:
        """Hidden layers that a regulariser could have strengths for: none are known."""
        return ()

    @property
    def guess(self) -> float | None:
        """Accuracy of a guess; None where it is not known."""
        return 1 / self.classes if self.classes else self.chance

    def keys(self) -> list[str]:
        """Return what a condition may set."""
        return [key for key, _ in self.settings]

    def having(self, changes: Iterable[tuple[str, Any]]) -> Experiment:
        """Return the same with some settings changed."""
        return replace(self, settings=tuple((dict(self.settings) | dict(changes)).items()))

    def columns(self, key: str) -> dict[str, float | str]:
        """Return the columns of results that say what a setting is. ``epochs`` has one in every table."""
        return {} if key == "epochs" else {key: factor(dict(self.settings)[key])}

    def naming(self) -> dict[str, Any]:
        """Return what names a trial beside its seeds, device, data and versions."""
        return {"function": self.function, "command": list(self.command), "settings": canonical(self.settings)}
