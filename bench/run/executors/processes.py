"""One single-threaded worker process per core, pinned to it."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle, send_handle
from types import ModuleType

from bench.base import multiplying
from bench.base.cores import physical_cores
from bench.base.multiplying import Chosen
from bench.base.threads import single_thread
from bench.data import at_hand, images_of
from bench.data.shared import SharedImages
from bench.record import code_hash
from bench.record.trials import Stack
from bench.run.executors import EpochDone, Event, NextStack, StackDone
from bench.run.worker import Result, failure, perform
from bench.study.plugins import Loaded, load_all, loaded

SPAWN = multiprocessing.get_context("spawn")
STOP_SECONDS = 5


@dataclass
class _Worker:
    """A worker process, its end of the pipe, and what it is at."""

    process: BaseProcess
    pipe: Connection
    core: int
    stack: Stack | None = None
    started: datetime | None = None


class WorkerDiedError(Exception):
    """A worker process ended without an answer."""


def run(next_stack: NextStack, workers: int) -> Generator[Event]:
    """Yield what happens on `workers` processes; a worker that dies fails its stack and is replaced."""
    first = next_stack()
    if first is None:
        return
    cores, shared = physical_cores(), _shared(first.recipe.data)
    team = [_start(cores[index % len(cores)], shared) for index in range(workers)]
    try:
        for index, worker in enumerate(team):
            _give(worker, next_stack() if index else first)
        while busy := [worker for worker in team if worker.stack is not None]:
            ready = wait([worker.pipe for worker in busy])
            events = [_receive(worker) for worker in busy if worker.pipe in ready]
            team = [_start(each.core, shared) if _is_gone(each) else each for each in team]
            for worker in team:
                if worker.stack is None:
                    _give(worker, next_stack())
            yield from events  # the workers train while what came of the last stacks is written
    finally:
        _stop(team)
        if shared is not None:
            shared.close()


def _shared(name: str) -> SharedImages | None:
    """Return a data set for all workers; None where it cannot be read here: each trial then fails with the cause."""
    try:
        return SharedImages(name, images_of(name))
    except Exception:  # noqa: BLE001 - the code that reads may be the user's
        return None


def _start(core: int, shared: SharedImages | None) -> _Worker:
    """Start a worker on one core, with the images that all share."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(
        target=_serve,
        args=(theirs, core, (loaded(), code_hash.parsed, multiplying.chosen())),
        daemon=True,
        name=f"bench-worker-{core}",
    )
    with _without_the_callers_script():
        process.start()
    theirs.close()
    with suppress(BrokenPipeError, ConnectionResetError):  # that it is dead is noticed when its answer is awaited
        ours.send(shared and shared.layout)
        if shared is not None:
            send_handle(ours, shared.descriptor, process.pid)
    return _Worker(process, ours, core)


@contextmanager
def _without_the_callers_script() -> Iterator[None]:
    """Let a worker start without running the script that started this process: it may have no main guard."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _give(worker: _Worker, stack: Stack | None) -> None:
    """Hand a stack to a free worker; a worker found dead is noticed when its answer is awaited."""
    worker.stack, worker.started = stack, datetime.now(UTC)
    if stack is not None:
        try:
            worker.pipe.send(stack)
        except (BrokenPipeError, ConnectionResetError):
            worker.process.join(STOP_SECONDS)


def _is_gone(worker: _Worker) -> bool:
    """Tell whether a worker is dead and its last stack accounted for."""
    return worker.stack is None and not worker.process.is_alive()


def _receive(worker: _Worker) -> Event:
    """Return what a worker tells: one more epoch, or the results of its stack. A dead worker's stack has failed."""
    assert worker.stack is not None and worker.started is not None
    try:
        results: list[Result] | None = worker.pipe.recv()
    except (EOFError, OSError, pickle.UnpicklingError):
        worker.process.join(STOP_SECONDS)
        code = worker.process.exitcode
        died = WorkerDiedError(f"the worker process ended with exit code {code} (negative: killed by that signal)")
        results = failure(worker.stack, died, worker.started)
    if results is None:
        return EpochDone(worker.stack)
    event = StackDone(worker.stack, results)
    worker.stack = None
    return event


def _stop(team: list[_Worker]) -> None:
    """End every worker, busy or not."""
    for worker in team:
        worker.pipe.close()
        worker.process.terminate()
    for worker in team:
        worker.process.join(STOP_SECONDS)
        if worker.process.is_alive():
            worker.process.kill()


def _serve(pipe: Connection, core: int, runner: tuple[Loaded, dict[str, str], Chosen]) -> None:
    """Work off stacks until the pipe closes. Ctrl-C is the runner's to handle; with the runner, the worker ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_runner, daemon=True).start()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    single_thread()
    plugins, parsed, libraries = runner
    code_hash.parsed.update(parsed)
    load_all(plugins)
    multiplying.use(libraries)
    if (layout := pipe.recv()) is not None:
        at_hand[layout.data] = layout.images(recv_handle(pipe))
    while True:
        try:
            stack = pipe.recv()
        except EOFError:
            return
        pipe.send(perform(stack, lambda: pipe.send(None)))


def _end_with_runner() -> None:
    """End this process as soon as the runner is gone, even if it was killed."""
    runner = multiprocessing.parent_process()
    if runner is not None:
        wait([runner.sentinel])
        os._exit(1)
