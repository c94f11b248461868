"""One pinned single-threaded process per core, all doing the same thing at once: how the engine is measured."""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, TypeVar

from bench.base import multiplying
from bench.base.cores import physical_cores
from bench.base.multiplying import Chosen
from bench.base.threads import single_thread
from bench.study.plugins import Loaded, load_all, loaded

SPAWN = multiprocessing.get_context("spawn")

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class LaneError(Exception):
    """What was called in a lane raised there; the message is its traceback."""


class Lanes:
    """A team of `count` processes, one per core (default: every core). Use it as a context manager."""

    def __init__(self, count: int | None = None) -> None:
        self.cores = physical_cores()[:count]
        self._pipes: list[Connection] = []
        self._processes: list[Any] = []

    def __enter__(self) -> Lanes:
        for core in self.cores:
            ours, theirs = SPAWN.Pipe()
            process = SPAWN.Process(
                target=_serve, args=(theirs, core, loaded(), multiplying.chosen()), daemon=True, name=f"lane-{core}"
            )
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.close()
            process.terminate()
            process.join()

    @property
    def pids(self) -> list[int]:
        """Process ids of the lanes."""
        return [process.pid for process in self._processes]

    def __call__(self, function: Callable[..., Any], *arguments: Any) -> list[Any]:
        """Call a module-level function in every lane at the same time; return each lane's answer, in core order.

        Raises LaneError where a lane raised or ended.
        """
        for pipe in self._pipes:
            _send(pipe, (function, arguments))
        answers = [_receive(pipe, function.__name__) for pipe in self._pipes]  # all, before any of them raises
        return [_checked(answer) for answer in answers]

    def share(self, function: Callable[[Task], Answer], tasks: Sequence[Task]) -> Iterator[tuple[Task, Answer]]:
        """Call a module-level function once for each task; yield (task, answer) as they come.

        A free lane takes the next task. Raises LaneError where a lane raised or ended.
        """
        waiting, at_work = list(reversed(tasks)), {}
        free = list(self._pipes)
        while waiting or at_work:
            while free and waiting:
                pipe, task = free.pop(), waiting.pop()
                _send(pipe, (function, (task,)))
                at_work[pipe] = task
            ready = wait(at_work)
            for pipe in [each for each in at_work if each in ready]:
                answer = _checked(_receive(pipe, str(at_work[pipe])))
                free.append(pipe)
                yield at_work.pop(pipe), answer


def _send(pipe: Connection, work: tuple[Callable[..., Any], tuple[Any, ...]]) -> None:
    try:
        pipe.send(work)
    except OSError as error:
        raise LaneError("a lane ended before it was given work") from error


def _receive(pipe: Connection, about: str) -> tuple[bool, Any]:
    """Return whether a lane is fine, and its answer, or what went wrong while it was at `about`."""
    try:
        return pipe.recv()
    except (EOFError, OSError):
        return False, f"a lane ended while it was at {about}"


def _checked(answer: tuple[bool, Any]) -> Any:
    """Return what a lane answered; raise LaneError where something went wrong."""
    fine, content = answer
    if not fine:
        raise LaneError(content)
    return content


def _serve(pipe: Connection, core: int, plugins: Loaded, libraries: Chosen) -> None:
    """Answer calls until the pipe closes. Ctrl-C is for the caller to handle, who ends the lanes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    single_thread()
    load_all(plugins)
    multiplying.use(libraries)
    while True:
        try:
            function, arguments = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((True, function(*arguments)))
        except Exception:  # noqa: BLE001 - told to the caller, who raises
            pipe.send((False, traceback.format_exc()))
