"""Trainings, each in a process of its own that is forked from this one, two at a time."""

from __future__ import annotations

import contextlib
import itertools
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import numpy as np

from bench.base.cores import physical_cores
from bench.checks.training.subject import Subject
from bench.engines.own import command
from bench.engines.own.child import limit_threads
from bench.engines.own.function import IMPORT_SEED, place
from bench.engines.own.job import Job
from bench.engines.own.returned import ReturnedError, measured
from bench.engines.own.server import PR_SET_PDEATHSIG, fresh, prctl, take_a_step
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


class Trainings:
    """The trainings of one subject: asked for by name, run together, kept."""

    def __init__(self, subject: Subject, time_limit: float, folder: Path | None = None) -> None:
        self.subject, self.time_limit = subject, time_limit
        self.runs: dict[str, Run] = {}
        preload(subject)
        self._numbers = itertools.count()
        self._folder = Path(tempfile.mkdtemp(prefix="check-training-", dir=folder))
        self.at_once = 1 if subject.experiment.cpus > 1 else min(2, len(physical_cores()))

    def close(self) -> None:
        """Remove the folders."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, asks: Mapping[str, Ask]) -> None:
        """Train all that are asked for, and keep what came of them."""
        waiting, busy = dict(asks), dict[str, tuple[Connection, int, float]]()
        try:
            while waiting or busy:
                for name, ask in list(waiting.items()):
                    if len(busy) < self.at_once and (not ask.after or ask.after in self.runs):
                        busy[name] = self._start(waiting.pop(name))
                ready = wait([pipe for pipe, _, _ in busy.values()], 0.2)
                for name, (pipe, pid, started) in list(busy.items()):
                    late = time.monotonic() - started > self.time_limit
                    if pipe in ready or late:
                        del busy[name]
                        self.runs[name] = self._end(asks[name], pipe, pid, started, late and pipe not in ready)
        finally:
            for _, pid, _ in busy.values():
                _kill(pid)

    def _start(self, ask: Ask) -> tuple[Connection, int, float]:
        ours: Any
        theirs: Any
        ours, theirs = Pipe(duplex=False)
        number = next(self._numbers)
        for each in (sys.stdout, sys.stderr):
            each.flush()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                self._train(number, ask, theirs)
            finally:
                os._exit(1)
        theirs.close()
        return ours, pid, time.monotonic()

    def _train(self, number: int, ask: Ask, pipe: Connection) -> None:
        """Do one training, in the process that is there for it."""
        os.setsid()
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)
        folder = self._folder / (ask.folder or f"{number}")
        folder.mkdir(parents=True, exist_ok=True)
        log = os.open(self._folder / f"{number}.log", os.O_WRONLY | os.O_CREAT, 0o644)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.chdir(self.subject.experiment.folder)
        if ask.fresh:
            os.set_inheritable(pipe.fileno(), True)
            asked = self._folder / f"{number}.asked"
            asked.write_bytes(pickle.dumps((self.subject, ask, folder)))
            words = fresh(f"from bench.checks.training.trainings import main; main({pipe.fileno()}, {str(asked)!r})")
            os.execve(words[0], words, os.environ | {"PYTHONHASHSEED": str(AMBIENT)})
        limit_threads(self.subject.experiment.cpus)
        pipe.send_bytes(pickle.dumps(trained(self.subject, ask, folder)))

    def _end(self, ask: Ask, pipe: Connection, pid: int, started: float, late: bool) -> Run:
        try:
            made = Run(ask, error=f"timed out: more than {self.time_limit:g} s") if late else _received(pipe)
        except EOFError:
            made = Run(ask, error="the process ended before it gave a result", died=True)
        _kill(pid)
        pipe.close()
        return replace(made, seconds=time.monotonic() - started)


def main(handle: int, asked: str) -> None:
    """Do one training in this fresh interpreter."""
    subject, ask, folder = pickle.loads(Path(asked).read_bytes())
    preload(subject)
    limit_threads(subject.experiment.cpus)
    Connection(handle).send_bytes(pickle.dumps(trained(subject, ask, folder)))
    os._exit(0)


def preload(subject: Subject) -> None:
    """Load what every training needs, before the processes for them are forked."""
    if not subject.is_command:
        with contextlib.suppress(ImportError):
            import torch  # noqa: PLC0415 - not every training code has it

            import bench.engines.own.watching.networks  # noqa: F401, PLC0415 - each training is watched

            torch.set_num_threads(1)
            take_a_step(torch)


def _received(pipe: Connection) -> Run:
    return pickle.loads(pipe.recv_bytes())


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


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
