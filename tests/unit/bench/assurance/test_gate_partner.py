"""Lockstep of the two sides, played by two threads at the ends of a socket."""

from __future__ import annotations

import itertools
import os
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing

import pytest

from bench.assurance.gate.checkouts import SIDES
from tests.perf.partner import Partner

Play = Callable[..., list[tuple[str, str, int, int | None]]]
"""-> (side, benchmark, round, core) of each measured call, in order of its start"""


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """Let both sides measure; fail instead of hanging, since a shut socket ends every wait."""
    pinned = threading.local()

    def pin(process: int, cores: set[int]) -> None:
        assert process == 0
        (pinned.core,) = cores

    monkeypatch.setattr(os, "sched_setaffinity", pin, raising=False)

    def joined(side: str, end: socket.socket, cores: str, first: str) -> Partner:
        settings = {"GATE_PARTNER": str(end.detach()), "GATE_SIDE": side, "GATE_CORES": cores, "GATE_FIRST": first}
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        return Partner()

    def run(
        head: Sequence[str], base: Sequence[str], cores: str = "3,5", first: str = "head", rounds: int = 4
    ) -> list[tuple[str, str, int, int | None]]:
        calls: list[tuple[str, str, int, int | None]] = []
        busy = threading.Lock()

        def measure(partner: Partner, names: Sequence[str]) -> None:
            with closing(partner):
                for name, number in itertools.product(names, range(rounds)):
                    partner.meet(name, number)
                    alone = busy.acquire(blocking=False)
                    assert alone or "," in cores, "two calls at once on one core"
                    calls.append((partner.side, name, number, getattr(pinned, "core", None)))
                    if alone:
                        busy.release()
                    partner.leave()

        sides = [joined(side, end, cores, first) for side, end in zip(SIDES, socket.socketpair(), strict=True)]
        with ThreadPoolExecutor(2) as threads:
            running = [threads.submit(measure, *each) for each in zip(sides, (head, base), strict=True)]
            if wait(running, timeout=20).not_done:
                for side in sides:
                    if side.socket is not None:
                        side.socket.shutdown(socket.SHUT_RDWR)
                pytest.fail("the sides wait for each other")
            for each in running:
                each.result()
        return calls

    return run


def cores_of(calls: list[tuple[str, str, int, int | None]], side: str, name: str) -> list[int | None]:
    return [core for who, what, _, core in calls if (who, what) == (side, name)]


@pytest.mark.parametrize(("first", "second"), [("head", "base"), ("base", "head")])
def test_the_sides_swap_cores_a_b_b_a(play: Play, first: str, second: str) -> None:
    calls = play(["a", "b"], ["a", "b"], first=first, rounds=8)
    for name in "ab":
        assert cores_of(calls, first, name) == [3, 5, 5, 3] * 2
        assert cores_of(calls, second, name) == [5, 3, 3, 5] * 2


def test_a_round_starts_when_both_sides_are_there(play: Play) -> None:
    """Neither side is more than a round ahead of the other."""
    at = {"head": -1, "base": -1}
    for side, name, number, _ in play(["a", "b"], ["a", "b"], rounds=20):
        at[side] = number + 20 * "ab".index(name)
        assert abs(at["head"] - at["base"]) <= 1


@pytest.mark.parametrize("cores", ["3,5", "3"])
@pytest.mark.parametrize(
    ("head", "base"),
    [("ab", "b"), ("abc", "ac"), ("ab", "a"), ("abcd", "d"), ("abc", ""), ("a", "a")],
    ids=["first lacking", "middle lacking", "last lacking", "three lacking", "all lacking", "none lacking"],
)
def test_a_side_that_lacks_benchmarks_does_not_hold_up_the_other(play: Play, head: str, base: str, cores: str) -> None:
    calls = play(head, base, cores=cores)
    assert sum(side == "head" for side, *_ in calls) == 4 * len(head)
    assert sum(side == "base" for side, *_ in calls) == 4 * len(base)


@pytest.mark.parametrize(("first", "second"), [("head", "base"), ("base", "head")])
def test_on_one_core_the_sides_take_turns(play: Play, first: str, second: str) -> None:
    calls = play(["a"], ["a"], cores="3", first=first)
    assert [side for side, *_ in calls] == [first, second, second, first, second, first, first, second]
    assert [number for _, _, number, _ in calls] == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_partner_that_is_gone_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is gone with a line unread, which Linux tells as a reset connection and not as the end of the file."""
    ours, theirs = socket.socketpair()
    for name, value in {"GATE_SIDE": "head", "GATE_CORES": "", "GATE_PARTNER": str(ours.detach())}.items():
        monkeypatch.setenv(name, value)
    partner = Partner()
    partner._say("a line that nobody reads")
    theirs.close()
    assert not partner._await("a 0")
    partner.meet("a", 0)
    partner.leave()
    partner.close()


def test_without_a_partner_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATE_PARTNER", raising=False)
    monkeypatch.setattr(os, "sched_setaffinity", lambda *_: pytest.fail("pinned"), raising=False)
    alone = Partner()
    alone.meet("a", 0)
    alone.leave()
    alone.close()
