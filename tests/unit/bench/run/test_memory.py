"""Networks that cannot fit into memory are refused before anything is trained."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bench.base.errors import UsageError
from bench.cli import main
from bench.record.store import Store
from bench.run import memory, session
from bench.study.study import Study
from tests.conftest import SMALL, condition, stack

SMALL_ONE, LARGE = stack(condition("a")), stack(
    condition("b"), condition("c"), recipe=replace(SMALL, hidden=(50_000, 50_000))
)  # fmt: skip
TASKS = """
name = "many"
data = { name = "fashion_mnist_sample", train_size = 256 }
model = { hidden = [8] }
training = { epochs = 1, batch_size = 64, learning_rate = 0.1 }
trials = { seeds = 1 }
conditions = [{ label = "none" }]
analysis = { control = "none" }
tasks = [{ name = "easy" }, { name = "deep", model = { hidden = [8, 8] } }]
"""
WEIGHTS = 785 * 50_000 + 50_001 * 50_000 + 50_001 * 10


def test_weights_and_biases_are_counted() -> None:
    assert memory.weights(LARGE.recipe) == WEIGHTS
    assert memory.weights(SMALL) == 785 * 32 + 33 * 24 + 25 * 10


def test_the_largest_stack_times_the_workers_that_train_at_once_must_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = 2 * WEIGHTS * 8
    monkeypatch.setattr(memory, "available", lambda: needed)
    memory.check_memory([SMALL_ONE, LARGE], workers=1)
    memory.check_memory([LARGE], workers=2)
    with pytest.raises(UsageError, match=r'condition "b": a network has 2,539,800,010 weights; 4 of them at once') as e:
        memory.check_memory([SMALL_ONE, LARGE], workers=2)
    assert f"{2 * needed / 2**30:.1f} GiB, and there are {needed / 2**30:.1f}" in str(e.value)


def room(monkeypatch: pytest.MonkeyPatch, gib: float) -> None:
    """Let the machine have 8 cores and so much memory."""
    monkeypatch.setattr(memory, "memory_limit", lambda: int(gib * memory.GIB))
    monkeypatch.setattr(memory.os, "sysconf", lambda _: 1 << 20)
    monkeypatch.setattr(memory, "physical_cores", lambda: list(range(8)))


@pytest.mark.parametrize(("gib", "number"), [(0.4, 1), (1, 1), (2, 3), (64, 8)])
def test_workers_are_as_many_as_memory_has_room_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], gib: float, number: int
) -> None:
    room(monkeypatch, gib)
    with session.opened("processes", Study.load("dropout"), Store(Path("nowhere")), None) as team:
        assert team.workers == number
    said = capsys.readouterr().err
    assert said == ("" if number == 8 else f"note: {number} of 8 possible workers, since there are {gib:.1f} GiB of "
                    "memory; --workers says otherwise\n")  # fmt: skip
    with session.opened("processes", Study.load("dropout"), Store(Path("nowhere")), 5) as team:
        assert team.workers == 5


@pytest.mark.parametrize("how", ["plan", "run", "python"])
def test_a_plan_and_a_run_have_the_same_workers_and_say_so_once_for_all_tasks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, how: str
) -> None:
    room(monkeypatch, 2)
    workers: list[int] = []
    monkeypatch.setattr(session, "carry_out", lambda run, *_: workers.append(run.workers) or Counter())
    (tmp_path / "many.toml").write_text(TASKS)
    if how == "python":
        session.run_study(tmp_path / "many.toml", out=tmp_path / "out")
    else:
        assert main([how, str(tmp_path / "many.toml"), "--out", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    workers += map(int, re.findall(r"with (\d+) workers", out))
    assert workers == [3, 3]
    assert err.count("note: 3 of 8 possible workers") == 1


def test_a_container_may_have_less_than_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "memory_limit", lambda: 1000)
    assert memory.available() == 1000
    monkeypatch.setattr(memory, "memory_limit", lambda: None)
    assert memory.available() > 2**28
