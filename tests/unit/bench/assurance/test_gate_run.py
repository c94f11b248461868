"""One run of the gate, its measurements made up: which rounds are measured, and what each verdict rests on."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bench.assurance.gate import gate, numbers
from bench.assurance.gate.checkouts import Commits, Trees
from bench.assurance.gate.differences import Difference
from bench.assurance.gate.numbers import Numbers
from bench.assurance.gate.slot_result import Block
from bench.assurance.gate.verdict import REGRESSED, Verdict, estimate
from bench.commands import perf_check

SPREAD = 0.01 * np.array([-1.3, -0.9, -0.4, -0.1, 0.2, 0.5, 0.8, 1.2])
COMMITS = Commits(Path(), "1" * 40, "2" * 40)
STILL = estimate(0.1 * SPREAD, np.zeros(8))

Slower = dict[str, dict[str, float]]
"""Folder of the rounds -> benchmark -> slowdown of HEAD"""


def rounds_of(slowdowns: dict[str, float]) -> Block:
    base = {name: np.zeros(8) for name in slowdowns}
    return Block({name: np.log1p(slow) + SPREAD for name, slow in slowdowns.items()}, base, {})


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Slower], tuple[gate.Found, list[list[str]]]]:
    """Run the gate on made-up rounds; also return which benchmarks each block asked for."""

    @contextmanager
    def checked_out(commits: Commits) -> Iterator[Trees]:
        yield Trees({}, {"head": commits.head, "base": commits.base}, tmp_path)

    def start(slower: Slower) -> tuple[gate.Found, list[list[str]]]:
        asked: list[list[str]] = []

        def measure(trees: Trees, rounds: int, folder: Path, only: Sequence[str] = ()) -> Block:
            del trees
            assert rounds == 8
            asked.append(list(only))
            return rounds_of(slower[folder.name])

        monkeypatch.setattr(gate, "measure", measure)
        return gate.run(COMMITS, 8, tmp_path), asked

    monkeypatch.setattr(gate, "checked_out", checked_out)
    monkeypatch.setattr(gate, "gone", lambda commits: [])
    monkeypatch.setattr(numbers, "compare_numbers", lambda trees, folder: Numbers(1, (), ()))
    return start


Run = Callable[[Slower], tuple[gate.Found, list[list[str]]]]


def test_nothing_is_measured_twice_where_nothing_is_accused(run: Run) -> None:
    found, asked = run({"first": {gate.CONTROL: 0.0, "a": 0.0, "b": -0.2}})
    assert asked == [[]]
    assert [(each.benchmark, each.verdict) for each in found.verdicts] == [("a", "unchanged"), ("b", "improved")]
    assert found.exit_code(numbers_may_change=False) == 0


@pytest.mark.parametrize(
    ("fresh", "control", "expected", "code"),
    [(0.2, 0.0, "regressed", 4), (0.0, 0.0, "inconclusive", 5), (0.2, 0.2, "contaminated", 5)],
)
def test_the_accused_and_the_control_are_measured_again(
    run: Run, fresh: float, control: float, expected: str, code: int
) -> None:
    first = {gate.CONTROL: 0.0, "a": 0.2, "b": 0.0}
    found, asked = run({"first": first, "fresh": {gate.CONTROL: control, "a": fresh}})
    assert asked == [[], ["a", gate.CONTROL]]
    assert [each.verdict for each in found.verdicts] == [expected, "unchanged"]
    assert found.verdicts[0].fresh is not None
    assert found.verdicts[0].fresh.mean == pytest.approx(np.log1p(fresh))
    assert found.exit_code(numbers_may_change=False) == code


@pytest.mark.parametrize(
    ("verdict", "changed", "alarm"), [("unchanged", 0, False), (REGRESSED, 0, True), ("inconclusive", 1, True)]
)
def test_an_alarm_is_a_regression_or_changed_numbers(verdict: str, changed: int, alarm: bool) -> None:
    differences = (Difference("t", "c", 1, 1, None, ""),) * changed
    found = gate.Found([Verdict("a", verdict)], STILL, Numbers(1, differences, ()), None)
    line = perf_check.summarise(found, COMMITS, datetime.now(UTC), 8)
    assert line["alarm"] is alarm
    assert (line["head"], line["base"], line["verdicts"][0]["verdict"]) == ("1" * 40, "2" * 40, verdict)


def test_fewer_than_eight_rounds_are_refused() -> None:
    assert perf_check.rounds("8") == 8
    with pytest.raises(ArgumentTypeError, match="at least 8 rounds"):
        perf_check.rounds("7")
