"""Workers have short stacks ahead, so that none waits for rows to be written, and long ones one at a time."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bench.record.store import Store
from bench.record.trials import Stack
from bench.run import session, stacking
from bench.run.executors import StackDone, processes
from bench.run.executors.processes import AHEAD_SECONDS
from bench.run.runner import Run
from bench.run.worker import Result
from bench.study.study import Study
from tests.conftest import condition, trial
from tests.unit.bench.run.test_on_ray import SMALL, as_before  # noqa: F401 - the registries, as they were

SEEDS = 40
FATAL = 20
PLUGIN = f"""
import os, time
from bench.regularisers.dropout import DROPOUT
from dataclasses import replace


def hidden(draw, rate, out):
    if draw.seed == {FATAL}:
        time.sleep(0.5)
        os.kill(os.getpid(), 9)
    DROPOUT.hidden(draw, rate, out)


MINE = replace(DROPOUT, name="my_noise", hidden=hidden)
"""


class Pipe:
    """An end of a pipe that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[Stack] = []

    def send(self, stack: Stack) -> None:
        self.sent.append(stack)


def result(seconds: float) -> list[Result]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [Result(trial(condition("a")), {"started_at": start, "ended_at": start + timedelta(seconds=seconds)}, [])]


def handed_out(seconds: list[float], left: int = 100) -> tuple[list[int], Any]:
    """Return how many stacks two workers have at hand once the first has done stacks that took so many seconds."""
    team = [processes._Worker(cast(Any, None), cast(Any, Pipe()), core) for core in range(2)]
    waiting = deque(Stack((trial(condition("a"), seed=seed),)) for seed in range(left))

    def source() -> Stack | None:
        return waiting.popleft() if waiting else None

    processes._fill(team, source)
    for each in seconds:
        assert isinstance(processes._done(team[0], result(each)), StackDone)
        processes._fill(team, source)
    return [len(worker.given) for worker in team], team


def test_a_worker_has_one_stack_until_it_has_shown_that_they_are_short() -> None:
    assert handed_out([])[0] == [1, 1]
    assert handed_out([AHEAD_SECONDS * 2])[0] == [1, 1]


def test_a_worker_of_short_stacks_has_work_for_a_tenth_of_a_second() -> None:
    """To its stack of the start belongs the loading of the images: that fades."""
    (first, second), team = handed_out([AHEAD_SECONDS / 4] * 40)
    assert (first, second) == (4, 1)
    assert [each.trials[0].seed for each in team[0].given] == [each.trials[0].seed for each in team[0].pipe.sent[-4:]]


def test_one_long_stack_among_short_ones_is_remembered() -> None:
    assert handed_out([AHEAD_SECONDS / 4] * 40 + [10.0] + [AHEAD_SECONDS / 4] * 3)[0] == [1, 1]


def test_what_is_left_is_shared() -> None:
    assert sum(handed_out([AHEAD_SECONDS / 100] * 60, left=66)[0]) == 6


@pytest.mark.slow
def test_of_what_a_worker_that_dies_has_at_hand_the_stack_that_it_is_at_alone_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stacking, "ENOUGH_WORK", 1)  # a stack for each seed
    (tmp_path / "mine.py").write_text(PLUGIN)
    text = SMALL.replace("seeds = 1", f"seeds = {SEEDS}").replace(
        '"none" }]', '"none" }, { label = "mine", my_noise = 0.5 }]'
    )
    (tmp_path / "small.toml").write_text(text.replace('"small"', '"small"\nplugins = ["mine.py"]'))
    store, most = Store(tmp_path / "out"), [0]

    def watched(next_stack: Any, workers: int) -> Any:
        """Note how many stacks are at hand at most."""
        given = [0]

        def counted() -> Stack | None:
            stack = next_stack()
            given[0] += stack is not None
            return stack

        for events in processes.run(counted, workers):
            given[0] -= sum(isinstance(event, StackDone) for event in events)
            most[0] = max(most[0], given[0])
            yield events

    ended = session.carry_out(Run(Study.load("small.toml"), store, watched, 1), "cpu", "test")
    assert most[0] > 1, "nothing was at hand that could be lost"
    assert ended["failed"] == 2
    failed = {trial_id for trial_id, status in store.statuses().items() if status == "failed"}
    rows = [store.read(each) for each in sorted(failed)]
    assert {row["seed"] for row in rows if row} == {FATAL}
    assert len(store.trial_ids()) == 2 * SEEDS
