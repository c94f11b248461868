"""Two commits by one command: the gate's rounds, a second worktree of BASE against BASE as the control beside them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.assurance.ab.calls import Call, together
from bench.assurance.ab.readings import Reading
from bench.assurance.gate import rounds
from bench.assurance.gate.checkouts import BASE, HEAD, Commits, worktrees
from bench.assurance.gate.errors import GateFault
from bench.assurance.gate.rounds import Judged, say
from bench.assurance.gate.slot_result import Block, Record, block, timed
from bench.assurance.gate.slots import order, places

TWIN = "twin"
"""BASE in a worktree of its own, whose name is as long as the others'."""

CONTROL = "base against itself"


@dataclass(frozen=True)
class Work:
    """What is done on each side. `inside` is the folder of the checkout that the command is started in."""

    command: tuple[str, ...]
    reading: Reading
    setup: tuple[str, ...] = ()
    counts: bool = False
    """Whether it is a number that the command prints, which no clock measured."""
    inside: Path = Path()
    timeout: float = 900
    """Seconds that one call may take."""


@dataclass(frozen=True)
class Place:
    """The worktree of each side, and the folder that output goes to."""

    sides: dict[str, Path]
    logs: Path


def compare(commits: Commits, work: Work, number: int, margin: float) -> Judged:
    """Compare HEAD with BASE in `number` rounds; slower by more than `margin`, a log ratio, is regressed."""
    hashes = {HEAD: commits.head, BASE: commits.base, TWIN: commits.base}
    with worktrees(commits.repository, hashes, "ab-") as sides, tempfile.TemporaryDirectory(prefix="ab-") as logs:
        place = Place(sides, Path(logs))
        _make_ready(place, work)
        return rounds.judge_rounds(lambda name, _: _measure(place, work, number, name), CONTROL, margin)


def _make_ready(place: Place, work: Work) -> None:
    """Set each worktree up, then call the command once in it: what the first call alone takes is not measured."""
    for side in place.sides:
        if work.setup:
            say(f"set-up of {side}")
            together([Call(side, work.setup, place.sides[side] / work.inside, place.logs / "setup.log")], work.timeout)
        _calls(place, work, [side], ["-"])


def _measure(place: Place, work: Work, number: int, name: str) -> Block:
    """Measure a block of rounds: HEAD against BASE, and the control, which comes first in every other round."""
    records = []
    for each in range(number):
        say(f"{name} rounds: {each + 1} of {number}")
        measured = {}
        for of_control in (False, True) if each % 2 == 0 else (True, False):
            pair = [TWIN if of_control and side == HEAD else side for side in order(each)]
            measured[of_control] = _pair(place, work, pair)
        control = {HEAD: measured[True][TWIN], BASE: measured[True][BASE]}
        logs = {side: measured[False][side] | {CONTROL: _mean(control[side].values())} for side in (HEAD, BASE)}
        records.append([Record(side, logs[side], {}) for side in (HEAD, BASE)])
    return block(records) if work.counts else timed(block(records))


def _pair(place: Place, work: Work, pair: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return the readings of two sides, each called twice: together, then with swapped cores; on one core A B B A."""
    cores, swapped = places(), list(pair)[::-1]
    steps = [pair, swapped] if len(cores) > 1 else [[side] for side in [*pair, *swapped]]
    readings = [_calls(place, work, sides, cores) for sides in steps]
    return {side: _average(side, [each[side] for each in readings if side in each]) for side in pair}


def _calls(place: Place, work: Work, sides: Sequence[str], cores: Sequence[str]) -> dict[str, dict[str, float]]:
    calls = [
        Call(side, work.command, place.sides[side] / work.inside, place.logs / f"{side}.log", core)
        for side, core in zip(sides, cores, strict=False)
    ]
    took = together(calls, work.timeout)
    return {call.side: work.reading(call, each) for call, each in zip(calls, took, strict=True)}


def _average(side: str, readings: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the mean of each quantity over the calls of one side."""
    if any(each.keys() != readings[0].keys() for each in readings):
        raise GateFault(f"{side}: one call has not the benchmarks of another: {', '.join(readings[0])}")
    return {name: _mean([each[name] for each in readings]) for name in readings[0]}


def _mean(numbers: Iterable[float]) -> float:
    return float(np.mean(list(numbers)))
