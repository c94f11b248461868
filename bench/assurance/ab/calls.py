"""Calls of a command, no shell between: those started together run at the same moment, each on its own processor."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from bench.assurance.gate.errors import GateError
from bench.assurance.gate.refs import without_git_variables
from bench.assurance.gate.slots import last_lines


@dataclass(frozen=True)
class Call:
    """One call: what is started for which side, in which folder, on which processor, and where its output goes."""

    side: str
    command: tuple[str, ...]
    folder: Path
    log: Path
    core: str = "-"
    """"-" for no processor in particular."""

    @property
    def output(self) -> Path:
        """Its standard output; standard error is in `log`."""
        return self.log.with_suffix(".out")

    @property
    def what(self) -> str:
        """The call in a message."""
        return f"{self.side}: {shlex.join(self.command)}"


@dataclass(frozen=True)
class Took:
    """Seconds that a call took by the clock, and of processors: its own and those of children that it waited for."""

    wall: float
    processor: float


def together(calls: Sequence[Call], timeout: float) -> list[Took]:
    """Start calls at the same moment and return what each took.

    No process outlives this, nor one that they started in their own process group, whatever ends it. Raises GateError
    with the last lines of a call that fails, cannot be started or takes longer than `timeout` seconds.
    """
    took: dict[int, Took] = {}
    with ExitStack() as clearing:
        allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
        running = []
        try:
            for call in calls:
                if allowed and call.core != "-":
                    os.sched_setaffinity(0, {int(call.core)})  # what is started inherits it
                started = time.perf_counter()
                running.append((_start(call), started))
                clearing.callback(running[-1][0].wait)
                clearing.callback(_kill, running[-1][0])
        finally:
            if allowed:
                os.sched_setaffinity(0, allowed)

        def wait(index: int) -> None:
            process, started = running[index]
            _, status, usage = os.wait4(process.pid, 0)
            took[index] = Took(time.perf_counter() - started, usage.ru_utime + usage.ru_stime)
            process.returncode = os.waitstatus_to_exitcode(status)

        waiting = [Thread(target=wait, args=[index], daemon=True) for index in range(len(calls))]
        for thread in waiting:
            thread.start()
            clearing.callback(thread.join)
        for process, _ in running:
            clearing.callback(_kill, process)
        last = time.monotonic() + timeout
        for call, thread in zip(calls, waiting, strict=True):
            thread.join(max(0.0, last - time.monotonic()))
            if thread.is_alive():
                raise GateError(f"{call.what}: did not end within {timeout:g} s; nothing is judged\n{_printed(call)}")
        for call, (process, _) in zip(calls, running, strict=True):
            if process.returncode:
                raise GateError(
                    f"{call.what}: ended with exit code {process.returncode}; nothing is judged\n{_printed(call)}"
                )
    return [took[index] for index in range(len(calls))]


def _start(call: Call) -> subprocess.Popen[bytes]:
    if not call.folder.is_dir():
        raise GateError(
            f"{call.side}: there is no folder {call.folder}: not in this commit, or an earlier call took it away;"
            " nothing is judged"
        )
    try:
        with call.output.open("wb") as output, call.log.open("wb") as log:
            return subprocess.Popen(
                call.command,
                cwd=call.folder,
                env=without_git_variables(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                start_new_session=True,
            )
    except OSError as error:
        raise GateError(f"{call.what}: cannot be started: {error.strerror or error}; nothing is judged") from error


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with its group, which may outlive it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _printed(call: Call) -> str:
    """Return the last lines of both outputs, standard error last."""
    return "\n".join(lines for file in (call.output, call.log) if (lines := last_lines(file)))
