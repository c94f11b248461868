"""The process that own trials are forked from: it has torch and the training function loaded, and ends what lingers.

Started as ``python -c`` with the number of a socket. On it come requests, each with a socket of the trial's own; what
is told back is which process a trial got, and how it ended. When the runner is gone, so are this process, every trial
and every process that a trial started.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import recv_handle
from pathlib import Path
from types import ModuleType

from bench.record.experiment import Experiment

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
HARMLESS = ("jemalloc_bg_thd",)
"""Threads of libraries that start them anew after a fork: that of pyarrow's allocator."""
ROUNDS = 20
"""How often what lingers is looked for: each round ends a generation of it."""


@dataclass(frozen=True)
class Start:
    """A request for a process: on which cores, with its output where, forked or fresh."""

    cores: tuple[int, ...]
    log: Path
    fresh: bool


@dataclass(frozen=True)
class Kill:
    """A request to end a trial's process and all that it started."""

    pid: int


@dataclass(frozen=True)
class Started:
    """The process of the trial that was asked for last."""

    pid: int


@dataclass(frozen=True)
class Ended:
    """A trial's process has ended: with an exit code, negative where a signal ended it."""

    pid: int
    code: int


def main(number: int) -> None:
    """Serve until the other end of the socket closes."""
    control = Connection(number)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    experiment: Experiment = control.recv()
    forkable = preload(experiment)
    prctl(PR_SET_PDEATHSIG, 0)  # from here on the end of the socket says so, and leaves time to end the trials
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    team: set[int] = set()
    control.send(forkable)
    while True:
        ready = wait([control, read])
        if read in ready:
            os.read(read, 4096)
            _reap(team, control)
        if control in ready:
            try:
                request = control.recv()
            except EOFError:
                break
            if isinstance(request, Kill):
                end(request.pid)
            else:
                handle = recv_handle(control)
                team.add(pid := _start(request, handle, forkable, number))
                os.close(handle)
                control.send(Started(pid))
    for pid in team:
        end(pid)
    end_strangers(set())


def preload(experiment: Experiment) -> bool:
    """Load what every trial needs; return whether a process that has it can be forked."""
    os.chdir(experiment.folder)
    with contextlib.suppress(ImportError):
        import torch  # noqa: PLC0415 - not every training code has it

        torch.set_num_threads(1)
        take_a_step(torch)
    if experiment.function:
        from bench.engines.own.function import load  # noqa: PLC0415 - commands do without

        with contextlib.suppress(BaseException), contextlib.redirect_stdout(sys.stderr):
            load(experiment)  # whatever it raises, it raises again in each trial, whose outcome it is
    gc.collect()
    gc.freeze()  # what is here is no garbage: a fork that leaves it alone copies less
    return threading.active_count() == 1 and _native_threads() == 1 and not _has_cuda()


def take_a_step(torch: ModuleType) -> None:
    """Let torch load what it loads at a first training step, which takes seconds: trials have it then."""
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Dropout())
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    torch.nn.functional.cross_entropy(model(torch.ones(2, 2)), torch.zeros(2, dtype=torch.int64)).backward()
    optimiser.step()


def _native_threads() -> int:
    """Return how many threads this process has, those aside that a fork does no harm."""
    names = [(each / "comm").read_text(encoding="utf-8").strip() for each in Path("/proc/self/task").iterdir()]
    return len([name for name in names if name not in HARMLESS])


def _has_cuda() -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and torch.cuda.is_initialized()


def _start(request: Start, handle: int, forkable: bool, control: int) -> int:
    """Start a process for a trial; return its number."""
    if pid := os.fork():
        return pid
    try:
        signal.set_wakeup_fd(-1)
        for each in (signal.SIGCHLD, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)
        os.close(control)
        os.setsid()
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        _redirect(request.log)
        if request.cores and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, request.cores)
        if request.fresh or not forkable:
            os.set_inheritable(handle, True)
            os.execv(sys.executable, fresh(f"from bench.engines.own.child import main; main({handle})"))
        from bench.engines.own.child import main as child  # noqa: PLC0415 - in the forked process alone

        child(handle)
    finally:
        os._exit(1)


def fresh(source: str) -> list[str]:
    """Return the command of a fresh interpreter, which finds this package and has no folder before all others."""
    root = str(Path(__file__).parents[3])
    return [sys.executable, "-P", "-c", f"import sys; sys.path.append({root!r}); {source}"]


def _redirect(log: Path) -> None:
    """Let what is printed go to a file, and nothing be read."""
    log.parent.mkdir(parents=True, exist_ok=True)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(out, 1)
    os.dup2(out, 2)


def _reap(team: set[int], control: Connection) -> None:
    """Tell of each trial that has ended, and end what it left behind."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if pid in team:
            team.discard(pid)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            end_strangers(team)
            control.send(Ended(pid, os.waitstatus_to_exitcode(status)))


def end(pid: int) -> None:
    """End a trial's process, and every one that descends from it."""
    for each in [*_descendants(pid), pid]:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(each, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def end_strangers(team: set[int]) -> None:
    """End the processes that came to this one when the trial that started them ended."""
    for _ in range(ROUNDS):
        strangers = [pid for pid in _children(os.getpid()) if pid not in team]
        if not strangers:
            return
        for pid in strangers:
            end(pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _descendants(pid: int) -> list[int]:
    """Return all processes that descend from one, the youngest first."""
    return [each for child in _children(pid) for each in [*_descendants(child), child]]


def _children(pid: int) -> list[int]:
    try:
        tasks = [*Path(f"/proc/{pid}/task").iterdir()]
        texts = [(task / "children").read_text(encoding="ascii") for task in tasks]
    except OSError:
        return []
    return [int(each) for text in texts for each in text.split()]


def prctl(option: int, value: int) -> None:
    """Set an option of this process; where there is no such call, there is no such option."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
