"""Did anything else run? The processor time that the machine spent, less what this process and its children spent."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType

STAT = Path("/proc/stat")
IDLE, IOWAIT = 3, 4


class Load:
    """A context manager; afterwards `others` says how many cores' worth of time went elsewhere, on average.

    Other processes count, and time stolen by a virtual machine's host. `others` is None where the kernel does not
    tell (not Linux). Children must have ended, or be named by `pids`, for their time to count as this process's own.
    """

    def __init__(self, pids: list[int] | None = None) -> None:
        self.pids = pids or []
        self.others: float | None = None

    def __enter__(self) -> Load:
        self._started = time.perf_counter()
        self._busy, self._own = _busy_seconds(), self._own_seconds()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        busy = _busy_seconds()
        if kind is not None or self._busy is None or busy is None:
            return  # what raised was perhaps a process that ended: there is nothing to compare
        spent = (busy - self._busy) - (self._own_seconds() - self._own)
        self.others = max(0.0, spent / (time.perf_counter() - self._started))

    def _own_seconds(self) -> float:
        times = os.times()
        return times.user + times.system + times.children_user + times.children_system + sum(map(_seconds, self.pids))


def _busy_seconds() -> float | None:
    """Return the seconds that all processors have been busy since boot, stolen time included."""
    try:
        ticks = [int(field) for field in STAT.read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    except OSError:
        return None
    return (sum(ticks) - ticks[IDLE] - ticks[IOWAIT]) / os.sysconf("SC_CLK_TCK")


def _seconds(pid: int) -> float:
    """Return the processor seconds that a live process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
