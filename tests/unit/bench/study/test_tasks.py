"""Studies on several tasks: each is the study that it would be alone, and every fault says of which task it is."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.base.errors import StudyError
from bench.data import DATA_SETS
from bench.study.study import Study, read_study
from bench.study.tasks import TaskStudy, load, read_tasks

TEXT = """
name = "many"
[data]
name = "fashion_mnist_sample"
[model]
hidden = [16, 8]
[training]
epochs = 2
batch_size = 64
learning_rate = 0.1
[[tasks]]
name = "small"
[tasks.data]
train_size = 256
[[tasks]]
name = "deep"
[tasks.model]
hidden = [16, 8, 4]
[tasks.training]
learning_rate = 0.05
[trials]
seeds = 3
[[conditions]]
label = "none"
[[conditions]]
label = "half"
dropout = 0.5
[grid]
weight_decay = [0.01, 0.1]
[analysis]
control = "none"
margin = 0.01
"""
DOCUMENT = tomllib.loads(TEXT)


def changed(*changes: tuple[str, Any]) -> dict[str, Any]:
    """Return the study with other values at some places."""
    document = copy.deepcopy(DOCUMENT)
    for where, value in changes:
        place: Any = document
        *path, last = [int(key) if key.isdecimal() else key for key in where.split(".")]
        for key in path:
            place = place[key] if isinstance(place, list) else place.setdefault(key, {})
        place[last] = value
    return document


def test_a_task_is_the_study_that_it_would_be_alone() -> None:
    found = read_tasks(DOCUMENT, "many.toml")
    assert list(found.tasks) == ["small", "deep"]
    alone = {key: value for key, value in DOCUMENT.items() if key != "tasks"}
    small = alone | {"data": {"name": "fashion_mnist_sample", "train_size": 256}}
    deep = alone | {
        "model": {"hidden": [16, 8, 4]},
        "training": {"epochs": 2, "batch_size": 64, "learning_rate": 0.05},
    }
    assert found.tasks == {"small": read_study(small, "x"), "deep": read_study(deep, "x")}
    assert {study.name for study in found.tasks.values()} == {"many"}
    assert not {trial.trial_id for trial in found.tasks["small"].trials()} & {
        trial.trial_id for trial in found.tasks["deep"].trials()
    }


def test_the_resolved_study_reads_the_same() -> None:
    found = read_tasks(DOCUMENT, "many.toml")
    resolved = tomllib.loads(found.to_toml())
    assert read_tasks(resolved, "again.toml") == found
    assert "data" not in resolved, "every task says all of its own"
    assert [each["data"]["train_size"] for each in resolved["tasks"]] == [256, 2000]


FAULTS: list[tuple[list[tuple[str, Any]], str]] = [
    ([("tasks.1.training.epochs", 0)], r'm.toml: task "deep": \[training\] epochs: 0 was given'),
    ([("tasks.0.data.name", "nothing")], r'm.toml: task "small": \[data\] name: "nothing" was given'),
    ([("trials.seeds", 0)], r"m.toml: every task: \[trials\] seeds: 0 was given"),
    ([("extra", 1)], r"m.toml: every task: top level: extra: unknown key"),
    (
        [("tasks.0.name", "../a")],
        r'\[\[tasks\]\] 1 name: "\.\./a" was given; a name of letters, digits, - _ and \. is expected',
    ),
    ([("tasks.0.name", "")], r'\[\[tasks\]\] 1 name: "" was given'),
    ([("tasks.0", {"data": {"train_size": 128}})], r"\[\[tasks\]\] 1 name: missing"),
    ([("tasks.0.name", "Deep")], r'\[\[tasks\]\] 1 name: "Deep" is the name of several tasks'),
    ([("tasks.0.name", "trials")], r'\[\[tasks\]\] 1 name: "trials" was given; it is what a results folder has'),
    ([("tasks.0.name", "Report")], r'\[\[tasks\]\] 1 name: "Report" was given; it is what a results folder has'),
    ([("tasks.0.trainings", {})], r'task "small": trainings: unknown key; did you mean "training"\?'),
    ([("tasks.0.trials", {"seeds": 2})], r'task "small": trials: is what all tasks share'),
    ([("tasks.0.settings", {"a": 2})], r'task "small": settings: unknown key'),
    ([("tasks.0", 3)], r"\[\[tasks\]\] 1: 3 was given; a table"),
    ([("tasks", 3)], r"\[\[tasks\]\]: 3 was given; a list of tables"),
    ([("tasks", [])], r"\[\[tasks\]\]: 0 was given; at least two"),
    ([("tasks", DOCUMENT["tasks"][:1])], r"\[\[tasks\]\]: 1 was given; at least two"),
    ([("tasks.0.data", 3)], r'task "small": \[data\]: 3 was given; a table'),
    ([("tasks.1", {"name": "again", "data": {"train_size": 256}})], r'task "again": same data, model and training as'),
    (
        [("conditions.1.dropout", [0.2, 0.5])],
        r'task "deep": .*"half"\) dropout: \[0.2, 0.5\] was given.*2 for 3 hidden layers',
    ),
    ([("conditions.1.epochs", 3)], r"every task: .*epochs: is fixed for the whole study in \[training\]"),
]


@pytest.mark.parametrize(
    ("changes", "message"), FAULTS, ids=lambda value: value[0][0] if isinstance(value, list) else ""
)
def test_every_fault_names_its_task(changes: list[tuple[str, Any]], message: str) -> None:
    with pytest.raises(StudyError, match=message):
        read_tasks(changed(*changes), "m.toml")


def test_all_faults_of_all_tasks_are_told_at_once_and_common_ones_once() -> None:
    document = changed(
        ("tasks.0.data.train_size", 0), ("tasks.1.training.epochs", 0), ("analysis.control", "nobody"),
        ("tasks.1.name", "x/y"),
    )  # fmt: skip
    with pytest.raises(StudyError) as raised:
        read_tasks(document, "m.toml")
    lines = str(raised.value).splitlines()
    assert len(lines) == 4
    assert [line.split(": ")[1] for line in lines] == [
        "[[tasks]] 2 name", "every task", 'task "small"', 'task "#2"',
    ]  # fmt: skip


def test_data_of_one_name_at_two_places_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DATA_SETS, "mine", DATA_SETS["digits"])
    del DATA_SETS["mine"]  # no other test shall see what this one registers
    for name in ("a", "b"):
        images = np.random.default_rng(len(name)).random((64, 2, 2))
        labels = np.arange(64) % 2
        np.savez(
            tmp_path / f"{name}.npz", train_images=images, train_labels=labels, test_images=images, test_labels=labels
        )
    document = changed(
        ("tasks.0.data", {"name": "mine", "path": "a.npz"}), ("tasks.1.data", {"name": "mine", "path": "b.npz"})
    )
    document["training"]["batch_size"] = 8
    with pytest.raises(StudyError, match=r'task "deep": \[data\] name: "mine" is of other data in "small"'):
        read_tasks(document, str(tmp_path / "m.toml"))


def test_own_training_code_has_tasks_by_its_settings(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("def train(trial):\n    return {'test_correct': 1, 'test_total': 2}\n")
    document = {
        "name": "mine",
        "experiment": {"function": "train.py:train"},
        "settings": {"data": "a", "drop": 0.0},
        "tasks": [{"name": "a"}, {"name": "b", "settings": {"data": "b"}}],
        "trials": {"seeds": 2},
        "conditions": [{"label": "none"}, {"label": "half", "drop": 0.5}],
        "analysis": {"control": "none", "margin": 0.1},
    }
    file = str(tmp_path / "mine.toml")
    found = read_tasks(document, file)
    assert [dict(study.recipe.settings)["data"] for study in found.tasks.values()] == ["a", "b"]
    assert read_tasks(tomllib.loads(found.to_toml()), file) == found
    document["tasks"][1]["data"] = {"name": "mnist"}
    with pytest.raises(StudyError, match=r'task "b": data: unknown key'):
        read_tasks(document, file)


def test_each_kind_of_study_is_loaded_as_what_it_is(tmp_path: Path) -> None:
    many = tmp_path / "many.toml"
    many.write_text(TEXT)
    assert load(many) == TaskStudy.load(many) == read_tasks(DOCUMENT, "x")
    with pytest.raises(StudyError, match=r"many.toml: has \[\[tasks\]\]"):
        Study.load(many)
    with pytest.raises(StudyError, match=r"smoke.toml: has no \[\[tasks\]\]"):
        TaskStudy.load("smoke")
