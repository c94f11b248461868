"""Fresh interpreters: the same other hashes of texts in each, nothing seen of one another, and a lost one replaced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.checks.training import fresh
from bench.checks.training.once import Ask
from bench.checks.training.resolving import resolve
from bench.checks.training.trainings import Trainings

CODE = """
import os
CALLS = []

def train(trial):
    CALLS.append(trial)
    assert len(CALLS) == 1
    share, process = (hash("a text") % 2**40) / 2**40, os.getpid() % 2**15 / 2**15
    return {"test_accuracy": share, "train_accuracy": process, "test_loss": len(os.environ["FOLLOWS"])}
"""


@pytest.fixture
def trainings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trainings]:
    monkeypatch.setenv("FOLLOWS", "four")
    (tmp_path / "code.py").write_text(CODE)
    made = Trainings(resolve(f"{tmp_path / 'code.py'}:train", {}), 60, tmp_path)
    yield made
    made.close()


@pytest.mark.slow
def test_each_fresh_training_is_forked_from_one_interpreter_that_is_started_again_when_lost(
    trainings: Trainings,
) -> None:
    trainings.run({"plain": Ask({}), "one": Ask({}, fresh=True), "two": Ask({}, fresh=True)})
    first = fresh._interpreter
    assert first is not None
    plain, one, two = (trainings.runs[name].row for name in ("plain", "one", "two"))
    assert one["test_accuracy"] == two["test_accuracy"] != plain["test_accuracy"]
    assert one["train_accuracy"] != two["train_accuracy"], "a process for each"
    assert one["test_loss"] == 4, "the environment is that of the asker, not of the start"

    first._process.kill()
    first._process.wait()
    trainings.run({"three": Ask({}, fresh=True)})
    assert fresh._interpreter is not first
    assert trainings.runs["three"].row["test_accuracy"] == one["test_accuracy"]
