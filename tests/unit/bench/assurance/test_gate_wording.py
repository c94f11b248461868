"""What the gate prints."""

from __future__ import annotations

import numpy as np
import pytest

from bench.assurance.gate import wording
from bench.assurance.gate.differences import Difference
from bench.assurance.gate.numbers import Numbers
from bench.assurance.gate.verdict import Verdict, estimate

SPREAD = np.array([-1.0, 1.0] * 4) * np.sqrt(7 / 8)


def seen(slowdown: float) -> wording.Estimate:
    return estimate(np.log1p(slowdown) + 0.01 * SPREAD, np.zeros(8))


def changes(number: int) -> tuple[Difference, ...]:
    return tuple(Difference("smoke, trials", f"column{index}", 2, 18, 0.5, "1 -> 2 at here") for index in range(number))


def test_a_line_for_each_benchmark() -> None:
    """The 90% t interval of eight rounds, standard deviation 0.01: 1.895 * 0.01 / sqrt 8 = 0.67% each way."""
    text = wording.speed(
        [
            Verdict("t/test_a.py::test_slow", "regressed", seen(0.15), seen(0.16), visible=0.07),
            Verdict("t/test_a.py::test_fast", "improved", seen(-0.2), visible=0.09),
            Verdict("t/test_b.py::test_young", "new", why="ImportError: no b"),
        ],
        seen(0.0),
    )
    head, slow, fast, young, control, power = text.splitlines()
    assert head == "time of HEAD against the base, + is slower, with the 90% t interval of 8 rounds"
    assert " ".join(slow.split()) == (
        "slow regressed +15.0% [+14.2%, +15.8%] fresh rounds +16.0% [+15.2%, +16.8%] visible from +7.0%"
    )
    assert fast.split()[:5] == ["fast", "improved", "-20.0%", "[-20.5%,", "-19.5%]"]
    assert young.split() == ["young", "new", "(ImportError:", "no", "b)"]
    assert control.split() == ["control", "(products)", "+0.0%", "[-0.7%,", "+0.7%]"]
    assert power.endswith("(80% power, against a margin of 5%): 7.0% in the steadiest benchmark, 9.0% in the noisiest")


def test_no_power_is_claimed_where_nothing_was_judged() -> None:
    text = wording.speed([Verdict("a", "contaminated", seen(0.0), why="the control moved")], seen(0.1))
    assert "smallest slowdown" not in text
    assert text.endswith("\nthis run could have seen no slowdown, however large: the control moved")


def test_what_is_counted_is_not_called_time() -> None:
    lines = wording.speed([Verdict("n", "unchanged", seen(0.0), visible=0.06)], seen(0.0), quantity="n").splitlines()
    assert lines[0].startswith("n of HEAD against the base, + is more, with")
    assert lines[-1] == "smallest increase that this run could have seen (80% power, against a margin of 5%): 6.0%"


def test_unchanged_numbers() -> None:
    text = wording.numbers(Numbers(22, (), ("smoke, trials: column rate is new",)))
    assert text.startswith("numbers unchanged, to the bit, in 22 trials and their curves")
    assert text.endswith("\n  smoke, trials: column rate is new")


def test_changed_numbers_column_by_column() -> None:
    lines = wording.numbers(Numbers(22, changes(2), ())).splitlines()
    assert lines[0].startswith("NUMBERS CHANGED: 2 columns differ (22 trials;")
    assert lines[1:] == [
        f"  smoke, trials: column{index}: 2 of 18 rows, largest 0.5; 1 -> 2 at here" for index in (0, 1)
    ]


@pytest.mark.parametrize(("number", "last"), [(40, "  smoke, trials: column39: "), (43, "  and 3 columns more")])
def test_many_changes_are_counted(number: int, last: str) -> None:
    lines = wording.numbers(Numbers(22, changes(number), ())).splitlines()
    assert lines[-1].startswith(last)


def test_numbers_that_were_not_compared_are_not_called_unchanged() -> None:
    text = wording.numbers(Numbers(0, (), (), "the base could not run the study smoke: it fell over"))
    assert text == "numbers NOT COMPARED: the base could not run the study smoke: it fell over"
    both = wording.numbers(Numbers(18, changes(1), (), "the base could not run the study book-sizes: no"))
    assert both.splitlines()[0].startswith("numbers NOT COMPARED")
    assert both.splitlines()[1].startswith("NUMBERS CHANGED")
