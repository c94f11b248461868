"""A run takes no stack that would not be done in time."""

from __future__ import annotations

import argparse
from dataclasses import replace

import pytest

from bench.commands.options import clock, duration
from bench.record.trials import Stack
from bench.run import deadline as module
from bench.run.deadline import LONGER, Deadline
from tests.conftest import SMALL, condition, stack

STACKS = [stack(condition("none"), seed=seed) for seed in range(3)]
LONG = stack(condition("none"), recipe=replace(SMALL, epochs=9))


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def trains(deadline: Deadline, time: Clock, work: Stack, seconds: float) -> None:
    assert deadline.allows(work)
    deadline.taken(work)
    time.now += seconds
    deadline.done(work)


def test_a_stack_is_taken_if_one_like_the_longest_is_done_in_time(time: Clock) -> None:
    deadline = Deadline(100)
    trains(deadline, time, STACKS[0], 20)
    trains(deadline, time, STACKS[1], 10)
    time.now += 70 - LONGER * 20 - 1
    assert deadline.allows(STACKS[2])
    assert not deadline.is_over
    time.now += 1
    assert not deadline.allows(STACKS[2])
    assert deadline.is_over


def test_stacks_are_expected_to_take_as_long_as_those_of_their_recipe(time: Clock) -> None:
    deadline = Deadline(100)
    trains(deadline, time, STACKS[0], 1)
    trains(deadline, time, LONG, 50)
    assert deadline.allows(STACKS[1])
    assert not deadline.allows(LONG)
    assert not deadline.allows(STACKS[1])  # once over it is over


def test_before_any_is_done_the_first_is_taken_and_after_the_end_none(time: Clock) -> None:
    deadline = Deadline(100)
    assert deadline.allows(LONG)
    time.now += 100
    assert not deadline.allows(LONG)
    assert not Deadline(0).allows(LONG)


def test_without_an_end_all_are_taken(time: Clock) -> None:
    deadline = Deadline()
    trains(deadline, time, LONG, 1e9)
    assert deadline.allows(LONG)


@pytest.mark.parametrize(("text", "seconds"), [("04:00:00", 14_400), ("2-01:00:30", 176_430), ("00:00:00", 0)])
def test_times_are_those_of_slurm(text: str, seconds: int) -> None:
    assert duration(text) == seconds
    assert clock(seconds) == text


@pytest.mark.parametrize("text", ["60", "1:2:3", "00:60:00", "-1:00:00", "1h"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="as in 04:00:00"):
        duration(text)
