"""One single-threaded worker process per core, pinned to it."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle, send_handle
from queue import SimpleQueue
from types import ModuleType

from bench.base import multiplying
from bench.base.cores import physical_cores
from bench.base.multiplying import Chosen
from bench.base.threads import single_thread
from bench.data import at_hand, images_of
from bench.data.shared import SharedImages
from bench.record import code_hash
from bench.record.rows import Beginning
from bench.record.trials import Stack
from bench.run.executors import EpochDone, Event, NextStack, StackDone
from bench.run.worker import Result, failure, perform
from bench.study.plugins import Loaded, load_all, loaded

SPAWN = multiprocessing.get_context("spawn")
STOP_SECONDS = 5
AHEAD_SECONDS = 0.1
"""Work that a worker has at hand, where its stacks take less: it never waits for the rows of others to be written."""
FADES = 0.9
"""What of a longer stack counts once another one is done: studies may have short and long stacks in turn."""


@dataclass
class _Worker:
    """A worker process, its end of the pipe, and what it was given."""

    process: BaseProcess
    pipe: Connection
    core: int
    given: deque[Stack] = field(default_factory=deque)
    """Stacks that it has not answered; the first is in training."""
    began: Beginning | None = None
    """When the first of them was."""
    seconds: float = AHEAD_SECONDS
    """That a stack takes it at most, by those so far."""

    def has_room(self) -> bool:
        """Tell whether it is to be given one more stack."""
        return not self.given or len(self.given) * self.seconds < AHEAD_SECONDS


class WorkerDiedError(Exception):
    """A worker process ended without an answer."""


def run(next_stack: NextStack, workers: int) -> Generator[list[Event]]:
    """Yield what happens on `workers` processes; a worker that dies fails the stack that it is at, and is replaced."""
    first = next_stack()
    if first is None:
        return
    cores, shared = physical_cores(), _shared(first.recipe.data)
    team = [_start(cores[index % len(cores)], shared) for index in range(workers)]
    put_back = deque([first])

    def source() -> Stack | None:
        return put_back.popleft() if put_back else next_stack()

    try:
        _fill(team, source)
        while busy := [worker for worker in team if worker.given]:
            ready = wait([worker.pipe for worker in busy])
            events = [event for each in busy if each.pipe in ready for event in _receive(each, put_back)]
            team = [_start(each.core, shared) if _is_gone(each) else each for each in team]
            _fill(team, source)
            yield events  # the workers train while what came of the last stacks is written
    finally:
        _stop(team)
        if shared is not None:
            shared.close()


def _shared(name: str) -> SharedImages | None:
    """Return a data set for all workers; None where each reads it by itself.

    It cannot be read here, and each trial then fails with the cause; or no temporary file can be written.
    """
    try:
        images = images_of(name)
    except Exception:  # noqa: BLE001 - the code that reads may be the user's
        return None
    try:
        return SharedImages(name, images)
    except OSError as error:
        print(
            f"note: each worker has its own copy of the images in memory: a temporary file of them cannot be written "
            f"({error.strerror or error}). The environment variable TMPDIR says where it goes.",
            file=sys.stderr,
        )
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


def _fill(team: list[_Worker], source: NextStack) -> None:
    """Hand out stacks, in turn, for as long as some worker has room and the source has stacks."""
    while some := [worker for worker in team if worker.has_room()]:
        for worker in some:
            if (stack := source()) is None:
                return
            _give(worker, stack)


def _give(worker: _Worker, stack: Stack) -> None:
    """Hand a stack to a worker; one found dead is noticed when its answer is awaited."""
    if not worker.given:
        worker.began = Beginning()
    worker.given.append(stack)
    try:
        worker.pipe.send(stack)
    except (BrokenPipeError, ConnectionResetError):
        worker.process.join(STOP_SECONDS)


def _is_gone(worker: _Worker) -> bool:
    """Tell whether a worker is dead and its stacks accounted for."""
    return not worker.given and not worker.process.is_alive()


def _receive(worker: _Worker, put_back: deque[Stack]) -> Iterator[Event]:
    """Yield what a worker has told: epochs, and the results of stacks.

    The stack that a dead worker was at has failed; those that it had not begun are put back.
    """
    try:
        while worker.given and worker.pipe.poll():
            results: list[Result] | None = worker.pipe.recv()
            yield EpochDone(worker.given[0]) if results is None else _done(worker, results)
    except (EOFError, OSError, pickle.UnpicklingError):
        worker.process.join(STOP_SECONDS)
        code = worker.process.exitcode
        died = WorkerDiedError(f"the worker process ended with exit code {code} (negative: killed by that signal)")
        assert worker.began is not None
        yield _done(worker, failure(worker.given[0], died, worker.began))
        put_back.extend(worker.given)
        worker.given.clear()


def _done(worker: _Worker, results: list[Result]) -> StackDone:
    """Take in that a worker's first stack is done."""
    stack, row = worker.given.popleft(), results[0].row
    seconds = (row["ended_at"] - row["started_at"]).total_seconds()
    worker.began, worker.seconds = Beginning(), max(seconds, FADES * worker.seconds)
    return StackDone(stack, results)


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
    stacks: SimpleQueue[Stack | None] = SimpleQueue()
    threading.Thread(target=_take_in, args=(pipe, stacks.put), daemon=True).start()
    while (stack := stacks.get()) is not None:
        pipe.send(perform(stack, lambda: pipe.send(None)))


def _take_in(pipe: Connection, put: Callable[[Stack | None], None]) -> None:
    """Take what the runner sends, at once: it sends ahead, and must not wait until a stack is trained."""
    with suppress(EOFError, ConnectionResetError):
        try:
            while True:
                put(pipe.recv())
        finally:
            put(None)


def _end_with_runner() -> None:
    """End this process as soon as the runner is gone, even if it was killed."""
    runner = multiprocessing.parent_process()
    if runner is not None:
        wait([runner.sentinel])
        os._exit(1)
