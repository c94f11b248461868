"""What a run leaves is on disk at every moment, and a rehearsal's is never where a GPU's would be."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.gpu import note as notes
from tests.gpu.note import Note


@pytest.fixture
def note(tmp_path: Path) -> Note:
    notes.begin(tmp_path / "gpu.json", rehearsal=False)
    return Note("bits", tmp_path / "gpu.json", tmp_path / "steps", rehearsal=False, limit=30)


def whole(note: Note) -> dict[str, Any]:
    return json.loads(note.whole.read_text())


def test_each_value_is_in_both_files_at_once(note: Note) -> None:
    note.put(answer=42)
    assert whole(note)["steps"]["bits"]["measured"] == {"answer": 42}
    note.add("rows", {"x": 1})
    note.add("rows", {"x": math.nan})
    expected = {"answer": 42, "rows": [{"x": 1}, {"x": "nan"}]}
    assert whole(note)["steps"]["bits"]["measured"] == expected
    assert json.loads((note.folder / "bits.json").read_text())["measured"] == expected
    assert whole(note)["steps"]["bits"]["status"] == "running"


@pytest.mark.parametrize(("code", "status"), [(124, "timed out"), (137, "timed out"), (139, "failed")])
def test_a_step_that_was_killed_keeps_what_it_measured(note: Note, code: int, status: str) -> None:
    note.put(answer=42)
    log = note.folder / "log"
    log.write_text("a\nlast words\n")
    end = ["end", str(note.whole), str(note.folder), "--step", "bits", "--code", str(code), "--limit", "30"]
    subprocess.run([sys.executable, notes.__file__, *end, "--seconds", "31", "--log", str(log)], check=True)
    step = whole(note)["steps"]["bits"]
    assert (step["status"], step["measured"], step["log"][-1]) == (status, {"answer": 42}, "last words")


def test_a_step_that_ended_is_left_as_it_said(note: Note) -> None:
    note.end(notes.FAILED, "why it failed")
    end = ["end", str(note.whole), str(note.folder), "--step", "bits", "--code", "1", "--limit", "30"]
    subprocess.run([sys.executable, notes.__file__, *end, "--seconds", "3", "--log", "/dev/null"], check=True)
    step = whole(note)["steps"]["bits"]
    assert (step["status"], step["why"]) == ("failed", "why it failed")


def test_a_rehearsal_measures_nothing(tmp_path: Path) -> None:
    notes.begin(tmp_path / "r.json", rehearsal=True)
    note = Note("bits", tmp_path / "r.json", tmp_path, rehearsal=True)
    note.put(answer=42)
    step = whole(note)["steps"]["bits"]
    assert whole(note)["rehearsal"] and step["rehearsal"] and "measured" not in step
    assert note.device == "cpu"


def test_what_is_left_of_the_limit_keeps_a_margin(note: Note) -> None:
    assert 26 < note.time_left() <= 27
