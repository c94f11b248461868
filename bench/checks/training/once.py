"""One training that is watched, in this process."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from bench.checks.training.subject import Subject
from bench.engines.own import command
from bench.engines.own.child import limit_threads
from bench.engines.own.function import IMPORT_SEED, place
from bench.engines.own.job import Job
from bench.engines.own.returned import ReturnedError, measured
from bench.engines.own.server import PR_SET_PDEATHSIG, prctl, take_a_step
from bench.engines.own.streams import seed_everything, seed_of, stream_seeds
from bench.engines.own.trial import Trial
from bench.engines.own.watching.instruments import watching
from bench.engines.own.watching.seen import Seen
from bench.engines.own.watching.watch import Changes, Stopped
from bench.record.settings import freeze

TIMED = ("train_seconds", "throughput")
AMBIENT = 271_828
"""Seed of the global generators where they are to be in another state."""


@dataclass(frozen=True)
class Ask:
    """A training that is asked for.

    Parameters
    ----------
    settings : mapping
    seed : int
    sources : tuple of int
        Numbers of the seeds of init, order and mask.
    changes : Changes
    ambient : bool
        Whether the code is imported, and called, with the global generators in another state.
    fresh : bool
        Whether in a fresh interpreter, in which texts have other hashes.
    folder : str
        Trainings of the same name share a folder, one after the other.
    after : str
        Name of the training that is to have ended before.
    """

    settings: Mapping[str, Any]
    seed: int = 0
    sources: tuple[int, int, int] = (0, 0, 0)
    changes: Changes = field(default_factory=Changes)
    ambient: bool = False
    fresh: bool = False
    folder: str = ""
    after: str = ""


@dataclass(frozen=True)
class Run:
    """What came of it."""

    ask: Ask
    row: Mapping[str, Any] = field(default_factory=dict)
    curve: tuple[Mapping[str, Any], ...] = ()
    seen: Seen = field(default_factory=Seen)
    error: str | None = None
    died: bool = False
    seconds: float = 0.0

    @property
    def outcome(self) -> str:
        """What was given back and the curves, as text that differs where any bit does."""
        row = {name: value for name, value in self.row.items() if name not in TIMED}
        return repr((sorted(row.items(), key=lambda each: each[0]), self.curve))


def load_torch() -> None:
    """Load what every training needs that is watched, before the processes for them are forked."""
    with contextlib.suppress(ImportError):
        import torch  # noqa: PLC0415 - not every training code has it

        import bench.engines.own.watching.networks  # noqa: F401, PLC0415 - each training is watched

        torch.set_num_threads(1)
        take_a_step(torch)


def begin(log: Path) -> None:
    """Make of this process, which was forked for it, the one of a training, with what it prints in `log`."""
    os.setsid()
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(each, signal.SIG_DFL)
    out = os.open(log, os.O_WRONLY | os.O_CREAT, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)


def train(subject: Subject, ask: Ask, folder: Path, pipe: Connection) -> None:
    """Train once, and send what came of it."""
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(subject.experiment.folder)
    limit_threads(subject.experiment.cpus)
    pipe.send_bytes(pickle.dumps(trained(subject, ask, folder)))


def trained(subject: Subject, ask: Ask, folder: Path) -> Run:
    """Train once, in this process; whatever the code raises is in what comes back."""
    experiment = subject.experiment
    if subject.is_command:
        having = experiment.having((name, freeze(value)) for name, value in ask.settings.items())
        answer = command.perform(Job(having, ask.seed, ask.sources, ("cpu",), None, folder))
        return Run(ask, answer.row, tuple(answer.curve), error=answer.error)
    seeds = stream_seeds(*ask.sources)
    trial = Trial(dict(ask.settings), ask.seed, seeds, devices=("cpu",), cpus=experiment.cpus, folder=folder)
    made = None
    try:
        with _ambient(subject, ask.ambient):
            function = subject.load()
        seed_everything(AMBIENT if ask.ambient else seed_of(seeds, ask.seed, "init", 0))
        with watching(trial, ask.changes) as watch:
            made = watch.seen
            given = function(trial)
        found = measured(given, trial.curve, experiment.primary, experiment.classes)
    except Stopped:
        return Run(ask, curve=tuple(trial.curve), seen=made or Seen())
    except ReturnedError as error:
        return Run(ask, seen=made or Seen(), error=f"{subject.name}: {error}")
    except BaseException as error:  # noqa: BLE001 - whatever training code raises, SystemExit too, is an outcome
        traceback.print_exc()
        where = place(error, experiment.folder)
        return Run(ask, seen=made or Seen(), error=f"{type(error).__name__}: {error}{where}")
    return Run(ask, found.row, tuple(found.curve), made)


@contextlib.contextmanager
def _ambient(subject: Subject, changed: bool) -> Iterator[None]:
    """Let the code be imported again, with its global generators in another state and its seeding undone."""
    if not (changed and subject.has_file):
        yield
        return
    from bench.engines.own import function  # noqa: PLC0415 - what is changed in it is its seed of imports

    subject.forget()
    function.IMPORT_SEED = IMPORT_SEED + AMBIENT
    try:
        yield
    finally:
        function.IMPORT_SEED = IMPORT_SEED
    np.random.seed(AMBIENT)
