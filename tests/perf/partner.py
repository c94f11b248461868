"""Lockstep with the other side of the gate: every round of a benchmark is measured by both sides at the same time.

Both processes start a round together and swap cores every other round (A B B A), so that a core which is slow for a
while is slow for both. On one core they take turns in that order. A side whose partner lacks the benchmark measures
it alone. Without GATE_PARTNER there is no other side, and nothing here does anything.
"""

from __future__ import annotations

import os
import socket


class Partner:
    """The other side, at the end of a socket: `meet` before each round, `leave` after it."""

    def __init__(self) -> None:
        descriptor = os.environ.get("GATE_PARTNER")
        self.side = os.environ.get("GATE_SIDE", "")
        self.starts = os.environ.get("GATE_FIRST", "")
        self.cores = [int(core) for core in os.environ.get("GATE_CORES", "").split(",") if core]
        self.socket = None if descriptor is None else socket.socket(fileno=int(descriptor))
        self.lines = None if self.socket is None else self.socket.makefile("r", newline="\n")
        self.pending = self.point = ""

    def meet(self, benchmark: str, number: int) -> None:
        """Wait until both sides are at round `number` of the benchmark and it is this side's turn; pin this one."""
        if self.socket is None:
            return
        self.point = point = f"{benchmark} {number}"
        first = (number % 4 in (0, 3)) == (self.side == self.starts)
        self._say(point)
        together = self._await(point)
        if len(self.cores) > 1:
            os.sched_setaffinity(0, {self.cores[0 if first else 1]})
        elif together and not first:
            self._await(f"{point} done")

    def leave(self) -> None:
        """Say that the round is over."""
        if self.socket is not None and len(self.cores) < 2:
            self._say(f"{self.point} done")

    def close(self) -> None:
        """Go on alone."""
        if self.socket is not None and self.lines is not None:
            self.lines.close()
            self.socket.close()
        self.socket = self.lines = None

    def _say(self, line: str) -> None:
        if self.socket is None:
            return
        try:
            self.socket.sendall(f"{line}\n".encode())
        except ConnectionError:
            self.close()

    def _await(self, line: str) -> bool:
        """Return whether the partner came to `line`.

        The base passes over what it hears on its way there: head may have benchmarks that the base lacks. Head does
        not wait for a base that is further on.
        """
        while self.socket is not None and self.lines is not None:
            heard, self.pending = self.pending or self._hear(), ""
            if heard == line:
                return True
            if not heard:
                self.close()
            elif self.side == "head" and not heard.endswith(" done"):
                self.pending = heard
                return False
        return False

    def _hear(self) -> str:
        """Return the next line, empty where the partner is gone: at its end, or with lines of ours unread (a reset)."""
        try:
            return "" if self.lines is None else self.lines.readline().rstrip("\n")
        except ConnectionError:
            return ""
