"""Trainings, each in a process of its own that is forked from this one or from a fresh interpreter, two at a time."""

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
import warnings
from collections.abc import Mapping
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from bench.base.cores import physical_cores
from bench.checks.training import fresh
from bench.checks.training.once import Ask, Run, begin, load_torch, train
from bench.checks.training.subject import Subject


class Trainings:
    """The trainings of one subject: asked for by name, run together, kept."""

    def __init__(self, subject: Subject, time_limit: float, folder: Path | None = None) -> None:
        self.subject, self.time_limit = subject, time_limit
        self.runs: dict[str, Run] = {}
        self._with_torch = not subject.is_command
        if self._with_torch:
            load_torch()
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
        log, folder = self._folder / f"{number}.log", self._folder / (ask.folder or f"{number}")
        if ask.fresh:
            pid = fresh.fork(fresh.Request(pickle.dumps((self.subject, ask, folder)), self._with_torch, log), theirs)
        else:
            pid = self._fork(ask, log, folder, theirs)
        theirs.close()
        return ours, pid, time.monotonic()

    def _fork(self, ask: Ask, log: Path, folder: Path, pipe: Connection) -> int:
        """Start a training in a fork of this process; return its number."""
        for each in (sys.stdout, sys.stderr):
            each.flush()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pid = os.fork()
        if pid == 0:
            try:
                fresh.leave()
                begin(log)
                train(self.subject, ask, folder, pipe)
                os._exit(0)
            finally:
                os._exit(1)
        return pid

    def _end(self, ask: Ask, pipe: Connection, pid: int, started: float, late: bool) -> Run:
        try:
            made = Run(ask, error=f"timed out: more than {self.time_limit:g} s") if late else _received(pipe)
        except EOFError:
            made = Run(ask, error="the process ended before it gave a result", died=True)
        _kill(pid)
        pipe.close()
        return replace(made, seconds=time.monotonic() - started)


def _received(pipe: Connection) -> Run:
    return pickle.loads(pipe.recv_bytes())


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)
