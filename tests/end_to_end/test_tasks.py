"""A study on several tasks: each leaves the results folder that it would leave alone, beside the others."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import bench
from bench.assurance.stopping import standings
from bench.record.claims_on_store import claims_on
from bench.record.store import Store
from bench.schema.documents import read_json
from bench.schema.paths import TASKS_FILE
from tests.end_to_end.conftest import PATIENCE, Workplace

pytestmark = pytest.mark.slow

SHARED = """
[trials]
seeds = {seeds}
[[conditions]]
label = "none"
[[conditions]]
label = "half"
dropout = 0.5
[analysis]
control = "none"
margin = 0.01
"""
TASKS = """
name = "many"
[data]
name = "fashion_mnist_sample"
train_size = 256
[model]
hidden = [16]
[training]
epochs = {epochs}
batch_size = 64
learning_rate = 0.1
[[tasks]]
name = "easy"
[[tasks]]
name = "deep"
[tasks.data]
train_size = 512
[tasks.model]
hidden = [16, 8]
"""
ALONE = """
name = "many"
[data]
name = "fashion_mnist_sample"
train_size = 512
[model]
hidden = [16, 8]
[training]
epochs = 2
batch_size = 64
learning_rate = 0.1
"""
BOTH = ("results/many/easy", "results/many/deep")


class Many(Workplace):
    """A workplace with a study on two tasks."""

    def write(self, seeds: int = 3, epochs: int = 2, old: str = "", new: str = "") -> None:
        text = (TASKS + SHARED).format(seeds=seeds, epochs=epochs)
        assert old in text
        (self.folder / "many.toml").write_text(text.replace(old, new) if old else text)

    def train_all(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        return self.here("run", "many.toml", "--executor", "serial", *arguments, code=code)

    def numbers(self) -> list[int]:
        """Return how many trials each task has."""
        return [len(self.rows(folder)) for folder in BOTH]


@pytest.fixture
def many(tmp_path: Path) -> Many:
    made = Many(tmp_path)
    made.write()
    return made


def numbered(printed: str) -> list[tuple[str, int, int]]:
    """Return each task in what a plan or a run prints, with its trials done and to do."""
    found = re.findall(r"task (\S+)\n +(\d+)  trials done\n +(\d+)  to do", printed)
    return [(task, int(done), int(to_do)) for task, done, to_do in found]


def test_each_task_has_the_rows_that_it_has_alone_and_running_again_does_nothing(many: Many) -> None:
    out, err = many.train_all()
    assert out == "results/many\n"
    assert numbered(err) == [("easy", 0, 6), ("deep", 0, 6)]
    folder = many.folder / "results/many"
    assert read_json(folder / TASKS_FILE) == {"study": "many", "tasks": ["easy", "deep"]}
    (many.folder / "alone.toml").write_text(ALONE + SHARED.format(seeds=3))
    many.here("run", "alone.toml", "--executor", "serial", "--out", "alone")
    assert many.rows("results/many/deep") == many.rows("alone")
    assert many.numbers() == [6, 6]
    plans = [read_json(each / "plan.json") for each in (folder / "deep", many.folder / "alone")]
    assert plans[0] | {"command": ""} == plans[1] | {"command": ""}
    before = many.files()
    for again in ("many.toml", "results/many/study.toml"):
        _, err = many.here("run", again, "--executor", "serial")
        assert numbered(err) == [("easy", 6, 0), ("deep", 6, 0)]
    changed = {path for path, when in many.files().items() if before.get(path) != when}
    assert not [path for path in changed if path.endswith(".parquet")]


def test_a_plan_counts_each_task_and_all_and_writes_nothing(many: Many) -> None:
    before = many.files()
    out, _ = many.here("plan", "many.toml", "--workers", "1")
    assert out.startswith("study many: 2 tasks x 2 conditions x 3 seeds -> results/many\n")
    assert numbered(out) == [("easy", 0, 6), ("deep", 0, 6)]
    assert re.search(r"^all tasks: 0 trials done, 12 to do, about \d+ s$", out, re.MULTILINE)
    assert "3 seeds and 1 condition beside the control on 2 tasks" in out
    assert many.files() == before


def test_seeds_are_added_to_every_task_and_a_task_to_the_others(many: Many) -> None:
    many.write(seeds=1)
    many.train_all()
    many.write(
        seeds=2,
        old='[[tasks]]\nname = "deep"',
        new='[[tasks]]\nname = "wide"\n[tasks.model]\nhidden = [32]\n[[tasks]]\nname = "deep"',
    )
    _, err = many.train_all()
    assert numbered(err) == [("easy", 2, 2), ("wide", 0, 4), ("deep", 2, 2)]
    assert json.loads((many.folder / "results/many" / TASKS_FILE).read_text())["tasks"] == ["easy", "wide", "deep"]


def test_finished_trials_of_one_task_that_would_be_left_out_stop_all_before_anything_is_written(many: Many) -> None:
    many.train_all()
    many.write(seeds=4, old="hidden = [16, 8]", new="hidden = [16, 9]")
    before = many.files()
    _, err = many.train_all(code=2)
    assert "results/many/deep: 6 finished trials of none, half would be left out" in err
    assert "model.hidden: [16, 8] -> [16, 9]" in err
    assert many.files() == before
    _, err = many.train_all("--supersede")
    assert numbered(err) == [("easy", 6, 2), ("deep", 0, 8)]


@pytest.mark.parametrize("fault", ["dropout = 0.5", "hidden = [16, 8]"])
def test_a_fault_in_one_task_trains_nothing_and_writes_nothing(many: Many, fault: str) -> None:
    many.write(old=fault, new="nothing = 1")
    before = many.files()
    _, err = many.train_all(code=2)
    assert "unknown key" in err
    assert many.files() == before


def test_status_says_how_each_task_stands(many: Many) -> None:
    _, err = many.train_all("--stop-after", "00:00:00")
    assert err.count("no more work is taken") == 1
    out, _ = many.here("status", "results/many")
    assert out.startswith("study many: 2 tasks\ntask easy\nstudy many: 6 trials planned\n")
    assert "       6  to do (6 on cpu)" in out
    assert out.endswith("task deep\nno trial was begun\n")
    many.train_all()
    out, _ = many.here("status", "results/many")
    assert out.count("       0  to do\n") == 2
    (many.folder / "results/many" / TASKS_FILE).write_text('{"study": "many", "tasks": ["../.."]}')
    _, err = many.here("status", "results/many", code=2)
    assert f"results/many/{TASKS_FILE}: names the task '../..'" in err


def test_an_export_is_one_table_with_the_tasks_or_a_packed_folder_of_each(many: Many) -> None:
    many.train_all()
    _, err = many.here("export", "results/many", "all.parquet")
    assert "12 trials written to all.parquet, with 24 rows of curves" in err
    table = pq.read_table(many.folder / "all.parquet")
    assert table["task"].to_pylist() == ["easy"] * 6 + ["deep"] * 6
    assert len(set(table["trial_id"].to_pylist())) == 12
    many.here("export", "results/many", "packed")
    assert {path.name for path in (many.folder / "packed").iterdir()} == {"easy", "deep", TASKS_FILE, "study.toml"}
    assert many.rows("packed/deep") == many.rows("results/many/deep")
    out, _ = many.here("plan", "packed/study.toml", "--out", "packed")
    assert numbered(out) == [("easy", 6, 0), ("deep", 6, 0)]
    _, err = many.here("export", "results/many", "packed", code=2)
    assert "packed: is not empty" in err


def test_a_folder_holds_the_tasks_of_one_study_or_a_study_without_tasks(many: Many) -> None:
    many.train_all()
    (many.folder / "alone.toml").write_text(ALONE + SHARED.format(seeds=3))
    _, err = many.here("run", "alone.toml", code=2)
    assert 'results/many: holds the tasks of study "many", easy, deep' in err
    many.here("run", "alone.toml", "--executor", "serial", "--out", "alone")
    _, err = many.train_all("--out", "alone", code=2)
    assert 'alone: holds study "many", which has no tasks' in err
    many.write(old='name = "many"', new='name = "others"')
    _, err = many.train_all("--out", "results/many", code=2)
    assert 'results/many: holds study "many", not the tasks of "others"' in err


def test_a_command_on_one_task_names_the_study_to_give_it(many: Many) -> None:
    _, err = many.here("throughput", "many.toml", code=2)
    assert "study many has the tasks easy, deep" in err
    assert "results/many/easy/study.toml --out results/many/easy" in err
    _, err = many.here("check-training", "many.toml", code=2)
    assert "has [[tasks]], and one task is expected here" in err
    many.train_all()
    out, _ = many.here("plan", "results/many/deep/study.toml", "--out", "results/many/deep")
    assert "6  trials done" in out


def test_an_array_for_slurm_pulls_all_tasks_and_names_all_data(many: Many) -> None:
    many.write(old="train_size = 512", new='name = "fashion_mnist"')
    out, err = many.here("slurm", "many.toml", "--jobs", "2", "--time", "01:00:00")
    assert out.splitlines()[-1].endswith("-m bench run many.toml --out results/many --workers 4 --stop-after 00:58:00")
    assert err == "first, once for all jobs: python -m bench data fetch fashion_mnist\n"


def test_what_another_runner_is_at_is_waited_for_when_nothing_else_is_left(
    many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one holds a trial of the first task until it sees trials of the second."""
    many.write(seeds=1)
    many.train_all("--stop-after", "00:00:00")
    first = Store(many.folder / BOTH[0])
    held = claims_on(first.folder)
    plan = first.plan()
    assert plan is not None
    assert held.take(plan["trials"][0]["trial_id"])
    waited: list[list[int]] = []

    def sleep(_: float) -> None:
        waited.append(many.numbers())
        held.close()

    monkeypatch.setattr("bench.run.runner.time", type("", (), {"sleep": staticmethod(sleep)}))
    _, err = many.train_all()
    assert waited == [[1, 2]]
    assert many.numbers() == [2, 2]
    assert "1 left to another runner, 1 ok" in err


def test_until_decided_adds_seeds_to_each_task_by_itself_and_all_conditions_are_one_family(many: Many) -> None:
    """Its one condition on two tasks is judged as two conditions on one would be, at half of alpha."""
    many.write(seeds=12, epochs=8, old="margin = 0.01", new='margin = 0.01\nestimand = "mean"')
    out, err = many.train_all("--until", "decided", "--max-seeds", "24")
    assert out == "results/many\n"
    assert err.count("after 12 seeds:") == 2
    tasks = bench.TaskStudy.load(many.folder / "many.toml").tasks
    for folder, study, trials in zip(BOTH, tasks.values(), many.numbers(), strict=True):
        until = study.until_decided().with_seeds(trials // 2)
        half = replace(until, analysis=replace(until.analysis, alpha=until.analysis.alpha / 2))
        (alone,), (as_two,), (at_half,) = (
            standings(many.folder / folder, each, each.targets(), number)
            for each, number in ((until, 1), (until, 2), (half, 1))
        )
        assert as_two.told() == at_half.told() != alone.told()
        assert as_two.told() in err


def test_seeds_that_cannot_be_added_to_are_refused_before_anything_is_written(many: Many) -> None:
    before = many.files()
    _, err = many.train_all("--until", "decided", "--max-seeds", "2", code=2)
    assert "study many has 3 seeds already" in err
    assert many.files() == before


def test_a_run_killed_in_its_second_task_goes_on_there(many: Many) -> None:
    many.write(seeds=16, epochs=20)
    process = many.start("run", "many.toml", "--workers", "1")
    deadline = time.monotonic() + PATIENCE
    while not many.numbers()[1]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    kept = [many.rows(folder) for folder in BOTH]
    assert len(kept[0]) == 32
    assert 0 < len(kept[1]) < 32
    _, err = many.bench("run", "many.toml", "--workers", "1")
    assert numbered(err) == [("easy", 32, 0), ("deep", len(kept[1]), 32 - len(kept[1]))]
    assert many.numbers() == [32, 32]
    assert all(
        many.rows(folder)[key] == row for folder, rows in zip(BOTH, kept, strict=True) for key, row in rows.items()
    )


def test_python_runs_a_study_with_tasks_by_its_path_or_loaded(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(many.folder)
    study = bench.TaskStudy.load("many.toml")
    assert bench.run(study, executor="serial") == Path("results/many")
    assert many.numbers() == [6, 6]
    many.write(seeds=4)
    assert bench.run("many.toml", out="results/many", executor="serial") == Path("results/many")
    assert many.numbers() == [8, 8]


def test_own_training_code_is_kept_with_the_tasks(many: Many) -> None:
    (many.folder / "train.py").write_text(
        "def train(trial):\n    return {'test_correct': trial.settings['right'] + trial.seed % 3, 'test_total': 100}\n"
    )
    (many.folder / "many.toml").write_text(
        'name = "many"\n[experiment]\nfunction = "train.py:train"\nclasses = 2\n[settings]\nright = 70\ndrop = 0.0\n'
        '[[tasks]]\nname = "easy"\n[[tasks]]\nname = "deep"\n[tasks.settings]\nright = 60\n'
        + SHARED.format(seeds=2).replace("dropout", "drop")
    )
    many.train_all("--no-rehearsal")
    assert many.numbers() == [4, 4]
    assert (many.folder / "results/many/code/train.py").is_file()
    (many.folder / "train.py").unlink()
    _, err = many.here("run", "results/many/study.toml", "--executor", "serial")
    assert numbered(err) == [("easy", 4, 0), ("deep", 4, 0)]
