"""Trials of certification are stored one by one, found again by what their numbers depend on, and never mixed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.assurance.certify import looks, two_arms
from bench.assurance.certify.ledger import Ledger
from bench.assurance.certify.setting import Setting
from bench.assurance.certify.two_arms import ENGINE, REFERENCE, Task, perform, train_arms
from bench.base.errors import StorageError, UsageError
from tests.conftest import SMALL

TASK = Task(ENGINE, 0, SMALL, "float32", "cpu")


def test_a_line_that_was_cut_off_is_left_out_and_spoils_no_other(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "deep" / "trials.jsonl")
    assert ledger.read(["a"]) == {}
    ledger.append({"key": "a", "value": 1})
    with ledger.path.open("a") as file:
        file.write('\n{"key": "b", "val')
    ledger.append({"key": "c", "value": 3})
    ledger.append({"key": "a", "value": 4})
    assert ledger.read(["a", "b", "c"]) == {"a": {"key": "a", "value": 1}, "c": {"key": "c", "value": 3}}
    assert ledger.read(["c"]).keys() == {"c"}


@pytest.mark.parametrize("line", ["[1]", '{"value": 1}', '{"key": 3}', "7"])
def test_a_line_that_is_no_trial_is_named(tmp_path: Path, line: str) -> None:
    ledger = Ledger(tmp_path / "trials.jsonl")
    ledger.path.write_text(f'{{"key": "a"}}\n{line}\n')
    with pytest.raises(StorageError, match=r"trials\.jsonl: a line is no trial"):
        ledger.read(["a"])


def test_looks_at_the_same_trials_spend_less_and_less(tmp_path: Path) -> None:
    """5% / 2, / 4, / 8: 5% in all. The same trials again are the same look; other trials start anew."""
    file = tmp_path / "looks.jsonl"
    reference = ["r", "s"]
    found = [looks.take(file, [*keys], reference) for keys in ("ab", "abcd", "dcba", "xy", "abcdef", "xyz", "ab")]
    assert [each.number for each in found] == [1, 2, 2, 1, 3, 2, 1]
    assert [each.alpha for each in found[:3]] == [0.025, 0.0125, 0.0125]


def test_a_trial_of_other_sources_than_planned_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stale:
        def __init__(self, workers: int) -> None: ...
        def __enter__(self) -> Stale:
            return self

        def __exit__(self, *_: object) -> None: ...
        def share(self, perform: object, tasks: list[Task]) -> Iterator[tuple[Task, dict[str, str]]]:
            return ((task, {"key": "of other sources"}) for task in tasks)

    monkeypatch.setattr(two_arms, "Lanes", Stale)
    with pytest.raises(UsageError, match="the versions were changed"):
        train_arms(Setting("float32", "cpu", SMALL, 1, 1, tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_ledger_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file/trials"):
        Ledger(tmp_path / "file" / "trials.jsonl").append({"key": "a"})


def test_a_key_covers_all_that_the_numbers_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_arms, "processor", lambda device: f"a {device}")
    others = [
        replace(TASK, arm=REFERENCE),
        replace(TASK, index=1),
        replace(TASK, recipe=replace(SMALL, epochs=3)),
        replace(TASK, precision="bfloat16"),
        replace(TASK, device="cuda"),
    ]
    keys = {TASK.key, *(other.key for other in others)}
    for name, other in [
        ("versions", lambda condition, engine: "other versions"),
        ("processor", lambda device: "another processor"),
        ("engine_of", lambda device, names: "fused"),
    ]:
        with monkeypatch.context() as changed:
            changed.setattr(two_arms, name, other)
            keys.add(TASK.key)
    with monkeypatch.context() as changed:
        changed.setattr(two_arms.torch, "__version__", "0")
        keys.add(TASK.key)
    with monkeypatch.context() as changed:
        changed.setattr(two_arms.np, "__version__", "0")
        keys.add(TASK.key)
    assert len(keys) == 11


@pytest.mark.slow
@pytest.mark.parametrize("arm", [ENGINE, REFERENCE])
def test_a_trial_is_the_same_again_and_another_with_another_index(arm: str) -> None:
    task = replace(TASK, arm=arm)
    row, again, other = perform(task), perform(task), perform(replace(task, index=1))
    assert row == again
    assert row["running_train_loss"] != other["running_train_loss"]
    assert len(row["running_train_loss"]) == len(row["test_accuracy"]) == SMALL.epochs
    assert 0 < row["train_accuracy"] <= 1


@pytest.mark.slow
def test_only_what_is_missing_is_trained(tmp_path: Path) -> None:
    said: list[str] = []
    setting = Setting("float32", "cpu", SMALL, 2, 1, tmp_path, said.append)
    first = train_arms(setting)
    again = train_arms(replace(setting, trials=3))
    assert said == [
        "0 of 4 trials are on disk",
        "4 of 4 trials are done",
        "4 of 6 trials are on disk",
        "6 of 6 trials are done",
    ]
    for arm in (ENGINE, REFERENCE):
        assert again[arm][:2] == first[arm]
        assert [row["index"] for row in again[arm]] == [0, 1, 2]
        assert {row["arm"] for row in again[arm]} == {arm}
