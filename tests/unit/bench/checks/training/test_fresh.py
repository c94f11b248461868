"""Fresh interpreters: the same other hashes of texts in each, nothing seen of one another, and a lost one replaced."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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


LEAVES_A_SERVICE = """
import os, time

def train(trial):
    if os.fork() == 0:
        os.setsid()
        time.sleep(12)
        os._exit(0)
    return {"test_accuracy": 0.5}
"""


@pytest.mark.slow
def test_what_a_training_leaves_behind_does_not_keep_the_interpreter(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(LEAVES_A_SERVICE)
    trainings = Trainings(resolve(f"{tmp_path / 'code.py'}:train", {}), 60, tmp_path)
    trainings.run({"fresh": Ask({}, fresh=True)})
    trainings.run({"plain": Ask({})})
    assert [each.error for each in trainings.runs.values()] == [None, None]
    used = fresh._interpreter
    assert used is not None
    started = time.monotonic()
    used._end()
    assert time.monotonic() - started < 8
    assert not used.is_usable
    trainings.close()


@pytest.mark.slow
def test_trainings_of_several_threads_get_a_process_each(trainings: Trainings) -> None:
    with ThreadPoolExecutor(4) as pool:
        for name in "abcd":
            pool.submit(trainings.run, {name: Ask({}, fresh=True)})
    assert len({trainings.runs[name].row["train_accuracy"] for name in "abcd"}) == 4
