"""Calls of a command, and what is read off them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.assurance.ab import comparison, readings
from bench.assurance.ab.calls import Call, Took, together
from bench.assurance.ab.comparison import Place, Work
from bench.assurance.gate.errors import GateError
from bench.assurance.gate.rounds import Judged
from bench.assurance.gate.verdict import estimate, judge
from bench.commands import ab


def call(folder: Path, code: str, name: str = "head", core: str = "-") -> Call:
    return Call(name, (sys.executable, "-I", "-S", "-c", code), folder, folder / f"{name}.log", core)


def test_calls_run_together_each_on_its_processor_and_give_wall_and_processor_time(tmp_path: Path) -> None:
    cores = [str(core) for core in sorted(os.sched_getaffinity(0))[:2]]
    code = "import os, time; print(*os.sched_getaffinity(0)); time.sleep(0.5)"
    calls = [call(tmp_path, code, name, core) for name, core in zip(("head", "base"), cores * 2, strict=False)]
    before, started = os.sched_getaffinity(0), time.perf_counter()
    took = together(calls, 60)
    whole = time.perf_counter() - started
    assert all(0.5 < each.wall <= whole for each in took)
    assert sum(each.wall for each in took) > whole, "one after the other"
    assert all(0 < each.processor < 0.5 for each in took)
    assert [each.output.read_text().split() for each in calls] == [[each.core] for each in calls]
    assert os.sched_getaffinity(0) == before


def test_a_call_that_takes_too_long_ends_with_what_it_started(tmp_path: Path) -> None:
    code = """
import os, time
child = os.fork()
if child:
    print(child, flush=True)
time.sleep(60)
"""
    slow = call(tmp_path, code)
    with pytest.raises(GateError, match=r"did not end within 2 s; nothing is judged\n  \| \d+"):
        together([slow, call(tmp_path, "pass", "base")], 2)
    child = int(slow.output.read_text())
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        state = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":
            return
        time.sleep(0.05)
    pytest.fail("the child of a call outlives it")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('first\n{"seconds": 2}\n', {"seconds": 2}),
        (
            '{"seconds": 1}\n{\n "seconds": 2,\n "more": {\n  "seconds": 3\n }\n}\n',
            {"seconds": 2, "more": {"seconds": 3}},
        ),
        ('{"seconds": 1}\ndone\n', None),
        ("[1]\n", None),
        ("", None),
    ],
)
def test_the_json_object_that_ends_an_output(text: str, expected: dict[str, Any] | None) -> None:
    assert readings.last_object(text) == expected


@pytest.mark.parametrize("number", ["0", "-1", "true", '"1"', "NaN", "Infinity", "null"])
def test_a_number_that_is_no_time_is_refused(tmp_path: Path, number: str) -> None:
    made = call(tmp_path, "")
    made.output.write_text(f'{{"seconds": {number}}}\n')
    with pytest.raises(GateError, match="a number above 0 is expected"):
        readings.printed("seconds")(made, Took(1, 1))


def test_an_old_file_of_benchmarks_is_not_read_twice(tmp_path: Path) -> None:
    made = call(tmp_path, "")
    (tmp_path / "out.json").write_text('{"benchmarks": [{"fullname": "a", "stats": {"min": 1, "data": [1.0]}}]}')
    read = readings.benchmarks("out.json")
    assert read(made, Took(1, 1)) == {"a": 0.0}
    with pytest.raises(GateError, match=r"out\.json is not there; the command is to write it in its folder"):
        read(made, Took(1, 1))


@pytest.mark.parametrize(
    ("cores", "expected"),
    [
        (["0", "1"], ["head0 base1", "base0 head1"]),
        (["0"], ["head0", "base0", "base0", "head0"]),
    ],
)
def test_both_sides_meet_both_cores_or_take_turns(
    cores: list[str], expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The n-th call takes e^n seconds, so a side's reading is the mean place of its calls."""
    order: list[str] = []

    def pretended(calls: list[Call], timeout: float) -> list[Took]:
        del timeout
        order.append(" ".join(each.side + each.core for each in calls))
        return [Took(2.718281828459045 ** len(order), 1) for _ in calls]

    monkeypatch.setattr(comparison, "places", lambda: cores)
    monkeypatch.setattr(comparison, "together", pretended)
    place = Place({"head": tmp_path, "base": tmp_path}, tmp_path)
    read = comparison._pair(place, Work(("true",), readings.wall_time), ["head", "base"])
    assert order == expected
    assert read["head"]["wall time"] == pytest.approx(read["base"]["wall time"])
    assert read["head"]["wall time"] == pytest.approx((1 + len(order)) / 2)


@pytest.mark.parametrize(("spread", "undecided"), [(0.001, False), (0.1, True)])
def test_what_would_decide_is_stated_where_nothing_is_decided(spread: float, undecided: bool) -> None:
    seen = estimate(spread * np.array([-1.3, -0.9, -0.4, -0.1, 0.2, 0.5, 0.8, 1.2]), np.zeros(8))
    text = ab.told(Judged(judge({"wall time": seen}, seen), seen, 0.5))
    assert ("\nundecided: more --rounds" in text) is undecided
    assert "control (base against itself)" in text
    assert "other programs took 0.50 cores" in text
