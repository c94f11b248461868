"""The record of A/A runs: lines are added, damaged ones named, and the rate has its exact interval."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from bench.assurance.gate import history
from bench.assurance.gate.errors import GateError

QUIET: dict[str, Any] = {"alarm": False, "verdicts": [], "exit_code": 5}


def test_lines_are_added_and_read_in_order(tmp_path: Path) -> None:
    file = tmp_path / "results/perf/aa.jsonl"
    assert history.read(file) == []
    runs = [QUIET | {"number": number} for number in range(3)]
    for run in runs:
        history.append(file, run)
    assert history.read(file) == runs
    assert len(file.read_text().splitlines()) == 3


def test_no_alarm_in_twenty_runs(tmp_path: Path) -> None:
    """With no alarm the upper end is 1 - (0.025)^(1 / 20)."""
    told = history.false_alarms([QUIET] * 20)
    high = 1 - 0.025 ** (1 / 20)
    assert told == (
        f"A/A runs on record: 20, false alarms: 0 (0.0%, 95% interval 0.0% to {high:.1%}, Clopper-Pearson);"
        " exit codes: 20 with 5"
    )


def test_one_alarm_in_twenty_runs() -> None:
    told = history.false_alarms([*[QUIET] * 19, QUIET | {"alarm": True, "exit_code": 4}])
    assert "20, false alarms: 1 (5.0%, 95% interval 0.1% to 24.9%" in told
    assert told.endswith("exit codes: 1 with 4, 19 with 5")


@pytest.mark.parametrize("line", ['{"alarm": 1}', '{"verdicts": []}', "[]", "1", '{"alarm": fal', ""])
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "aa.jsonl"
    history.append(file, QUIET)
    with file.open("a") as handle:
        handle.write(f"{line}\n")
    with pytest.raises(GateError, match=r"aa\.jsonl, line 2: not the record of an A/A run"):
        history.read(file)


def test_a_last_line_without_an_end_is_not_run_into(tmp_path: Path) -> None:
    file = tmp_path / "aa.jsonl"
    history.append(file, QUIET)
    file.write_text(file.read_text().rstrip("\n"))
    history.append(file, QUIET)
    assert history.read(file) == [QUIET, QUIET]


def test_what_json_cannot_hold_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        history.append(tmp_path / "aa.jsonl", QUIET | {"other_load": math.nan})
    assert history.read(tmp_path / "aa.jsonl") == []


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "perf").write_text("a file where the folder should be")
    with pytest.raises(GateError, match=r"aa\.jsonl: cannot be written: "):
        history.append(tmp_path / "perf/aa.jsonl", QUIET)
