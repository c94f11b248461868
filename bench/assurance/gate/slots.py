"""Slots: one process measures one side. The two slots of a round run in lockstep, joined by a socket.

On two cores or more both sides do every call of a benchmark at the same time, each pinned to a core of its own, and
swap cores in the order A B B A: drift and noisy neighbours meet both sides, and an uneven pair of cores cancels within
a slot. On one core they take turns call by call, in the same order. The round's own number turns the order round.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.assurance.gate.checkouts import BASE, BENCHMARKS, HEAD, Trees
from bench.assurance.gate.errors import GateFault
from bench.assurance.gate.refs import without_git_variables
from bench.base.cores import physical_cores

LONGEST_SLOT = 900
"""seconds"""

SHOWN_LINES = 40


@dataclass(frozen=True)
class Slot:
    """One process: which side, on which processor, and where its record goes."""

    side: str
    core: str
    record: Path

    @property
    def log(self) -> Path:
        """What the process printed."""
        return self.record.with_suffix(".log")


def places() -> list[str]:
    """Return the processors that the two slots of a round are pinned to; one where there is one core."""
    if not hasattr(os, "sched_setaffinity"):
        return ["-"]
    return [str(core) for core in physical_cores()[:2]]


def order(number: int) -> tuple[str, str]:
    """Return which side comes first (or takes the first core) in round `number`, from 0: A B B A."""
    return (HEAD, BASE) if number % 4 in (0, 3) else (BASE, HEAD)


def environment(tree: Path, side: str) -> dict[str, str]:
    """Return the environment of a slot: its own tree, one thread, fixed hashes, no byte code left behind."""
    dropped = ("PYTEST_ADDOPTS", "PYTHONSTARTUP", "COVERAGE_PROCESS_START")
    kept = {key: value for key, value in without_git_variables().items() if key not in dropped}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    fixed = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tree), "GATE_SIDE": side}
    return kept | threads | fixed


def run_round(trees: Trees, number: int, folder: Path, only: Sequence[str] = ()) -> list[Slot]:
    """Measure both sides once and return the two finished slots; `only` names benchmarks by their test ids."""
    cores, sides = places(), order(number)
    slots = [
        Slot(side, cores[index % len(cores)], folder / f"round-{number:02d}-{side}.json")
        for index, side in enumerate(sides)
    ]
    lockstep = {"GATE_CORES": ",".join(cores), "GATE_FIRST": sides[0]}
    running = {}
    for slot, end in zip(slots, socket.socketpair(), strict=True):
        with end:
            joined = lockstep | {"GATE_PARTNER": str(end.fileno())}
            running[slot] = start(trees, slot, benchmarks(slot, only), trees.ruler, joined)
    finish(running)
    return slots


def benchmarks(slot: Slot, only: Sequence[str]) -> list[str]:
    """Return the arguments of the slot's Python: pytest on HEAD's benchmarks, its JSON the record.

    The collector of garbage is off while a round is measured. A file that an old tree cannot import loses its own
    benchmarks, not the others'.
    """
    options = ["--gate", "--benchmark-disable-gc", f"--benchmark-json={slot.record}", "--benchmark-save-data", "-q"]
    quiet = ["-p", "no:cacheprovider", f"--confcutdir={BENCHMARKS}", "--rootdir=.", "--continue-on-collection-errors"]
    return ["pytest", *quiet, *options, *(only or [BENCHMARKS])]


def start(
    trees: Trees, slot: Slot, arguments: Sequence[str], folder: Path, joined: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a slot in `folder`, its output going to its log; `joined` is what lockstep with its partner needs."""
    joined = joined or {}
    script = Path(__file__).with_name("slot.py")
    with slot.log.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-P", str(script), slot.core, *arguments],
            cwd=folder,
            env=environment(trees.sides[slot.side], slot.side) | dict(joined),
            pass_fds=[int(joined["GATE_PARTNER"])] if joined else [],
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def finish(running: dict[Slot, subprocess.Popen[bytes]], base_codes: Sequence[int] = (0, 1)) -> None:
    """Wait for slots that run at the same time; none outlives this call. Raise GateFault for one that broke.

    On the base, exit codes in `base_codes` are no fault. By default benchmarks may fail (pytest's 1): the base may
    lack what they measure.
    """
    try:
        for slot, process in running.items():
            try:
                code = process.wait(LONGEST_SLOT)
            except subprocess.TimeoutExpired:
                raise GateFault(f"{told(slot)} did not end within {LONGEST_SLOT} s\n{tail(slot)}") from None
            if code not in (base_codes if slot.side == BASE else (0,)):
                raise GateFault(f"{told(slot)} ended with exit code {code}\n{tail(slot)}")
    finally:
        for process in running.values():
            with suppress(ProcessLookupError):
                process.kill()
            process.wait()


def told(slot: Slot) -> str:
    """Return the slot's name for a message."""
    return f"the slot of {slot.side} ({slot.record.stem}, processor {slot.core})"


def tail(slot: Slot) -> str:
    """Return the last lines that the slot printed."""
    return last_lines(slot.log)


def last_lines(log: Path) -> str:
    """Return the last lines of a log, indented."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"  | {line}" for line in lines[-SHOWN_LINES:])
