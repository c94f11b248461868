"""What somebody's code says in a check or a rehearsal is written out where the message is made."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bench.base.errors import StudyError, UsageError
from bench.checks.dropout import wording as of_layers
from bench.checks.dropout.laws import LAWS
from bench.checks.plugin import check
from bench.checks.training import wording as of_trainings
from bench.run.rehearsal import lines
from bench.study.study import read_study
from tests.unit.bench.study.minimal import changed


def test_an_error_keeps_its_own_lines_and_the_bytes_of_paths() -> None:
    assert str(UsageError("a\x1b[31m\nb\udcff\u202e")) == "a\\x1b[31m\nb\udcff\\u202e"


def test_a_key_of_a_study_adds_no_line_to_the_faults() -> None:
    with pytest.raises(StudyError) as raised:
        read_study(changed("data.k\nerror: x", 1), "odd.toml")
    assert "[data] k\\nerror: x: unknown key" in str(raised.value)


def test_a_rehearsal_writes_out_what_it_saw() -> None:
    law = {"name": "repeatable", "holds": "it repeats", "outcome": "broken", "message": "a\x1bb", "conditions": []}
    document = {
        "conditions": ["none"], "code": "c", "training": "train.py:train", "unchecked": ["c\x1bd"], "laws": [law],
        "trainings": 2, "seconds": 1.0,
    }  # fmt: skip
    warned, noted, _ = lines(document)
    assert r"a\x1bb" in warned and r"c\x1bd" in noted


def test_a_law_of_training_code_writes_out_what_it_saw() -> None:
    verdict = SimpleNamespace(law="repeatable", outcome="broken", message="a\x1b\nb")
    checked = SimpleNamespace(
        subject=SimpleNamespace(name="t.py:train", conditions=[]), settings={}, verdicts=[verdict],
        broken=["repeatable"], trainings=2, seconds=1.0,
    )  # fmt: skip
    assert of_trainings.document(checked)["laws"][0]["message"] == "a\\x1b\nb"


def test_a_law_of_layers_writes_out_what_it_saw() -> None:
    verdict = SimpleNamespace(outcome="broken", sentence="a\x1b\nb", figures=(), worst=None)
    probe = SimpleNamespace(subject=SimpleNamespace(name="t.py:layer", form="class"), spatial=0, device="cpu", seed=0)
    checked = SimpleNamespace(
        probe=probe, form="unit", kind="dropout", rates=(0.5,), reproducible=True, broken=[],
        verdicts=[verdict] * len(LAWS),
    )  # fmt: skip
    assert of_layers.document(checked)["laws"][0]["message"] == "a\\x1b\nb"


def test_a_law_of_plugins_writes_out_what_was_raised() -> None:
    def raises(_: object) -> None:
        raise ValueError("a\x1b\nb")

    assert "a\\x1b\nb (test_steering_text.py:" in check._tried(raises, None)
