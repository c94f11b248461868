"""Trainings in a fresh interpreter, in which texts have other hashes: it loads torch once, and is forked for each."""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path

from bench.checks.training.once import AMBIENT, begin, load_torch, train
from bench.engines.own import server


@dataclass(frozen=True)
class Request:
    """A training that is asked for."""

    work: bytes
    """Subject, what is asked, and the training's folder, pickled: the user's code is imported in the fork alone."""
    with_torch: bool
    log: Path
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))


class _Interpreter:
    """The process that is forked, as the one that started it sees it."""

    def __init__(self) -> None:
        self._owner = os.getpid()
        self.control, theirs = Pipe()
        handle = theirs.fileno()
        self._process = subprocess.Popen(
            server.fresh(f"from bench.checks.training.fresh import main; main({handle})"),
            env=os.environ | {"PYTHONHASHSEED": str(AMBIENT)},
            pass_fds=(handle,),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        atexit.register(self._end)

    @property
    def is_usable(self) -> bool:
        return self._owner == os.getpid() and self._process.poll() is None

    def _end(self) -> None:
        if self._owner == os.getpid():
            self.control.close()
            self._process.wait()


_interpreter: _Interpreter | None = None
_one_at_a_time = threading.Lock()


def fork(request: Request, pipe: Connection) -> int:
    """Start a training that answers on `pipe`; return the number of its process."""
    global _interpreter  # noqa: PLW0603 - one serves all checks of a process
    with _one_at_a_time:
        if _interpreter is None or not _interpreter.is_usable:
            _interpreter = _Interpreter()
        _interpreter.control.send(request)
        send_handle(_interpreter.control, pipe.fileno(), None)
        return _interpreter.control.recv()


def leave() -> None:
    """Let go of the interpreter in a fork of its owner: what a training leaves behind would keep it waiting."""
    if _interpreter is not None:
        _interpreter.control.close()


def main(number: int) -> None:
    """Serve until the other end of the socket closes."""
    control = Connection(number)
    for each in (signal.SIGINT, signal.SIGCHLD):
        signal.signal(each, signal.SIG_IGN)
    while True:
        try:
            request: Request = control.recv()
        except EOFError:
            return
        pipe = Connection(recv_handle(control), readable=False)
        if request.with_torch:
            load_torch()
        if pid := os.fork():
            pipe.close()
            control.send(pid)
            continue
        try:
            control.close()
            os.environ.clear()
            os.environ.update(request.environment)
            begin(request.log)
            subject, ask, folder = pickle.loads(request.work)
            train(subject, ask, folder, pipe)
            os._exit(0)
        finally:
            os._exit(1)
