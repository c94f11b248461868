"""Several tasks: how they are read, and which faults are named."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import analysis
from analysis.answer.compare import compare
from analysis.cli import main
from analysis.methods import verdict
from analysis.tables.loading import load_tasks
from analysis.tables.table import from_frame
from analysis.tables.tasks import Tasks
from tests.results import write_trials
from tests.unit.analysis.answer.trials_on_tasks import NAMES, losses, over, rows


@pytest.mark.slow
def test_a_column_task_with_several_values_is_used_by_itself() -> None:
    found = over(rows())
    assert list(found.tasks) == list(NAMES)
    assert list(found.across) == ["half", "book"]
    assert over(rows(column="dataset"), task="dataset").to_json() == found.to_json()


def test_one_task_is_what_it_was() -> None:
    whole = rows()
    alone = from_frame(whole[whole["task"] == "digits"])
    one = analysis.compare(whole, "test_accuracy", "none", where={"task": "digits"})
    assert isinstance(one, analysis.Comparison)
    assert one.to_json() == compare(alone, "test_accuracy", "none").to_json()
    assert "tasks" not in one.to_json()


def test_a_factor_of_that_name_is_no_task() -> None:
    """Each condition has a task of its own: nothing is compared within any of them."""
    whole = rows(names=("fashion",)).assign(task=lambda table: table["condition"])
    assert isinstance(analysis.compare(whole, "test_accuracy", "none"), analysis.Comparison)


def test_tables_and_folders_are_tasks_by_name(tmp_path: Path) -> None:
    whole = rows(NAMES[:2])
    for name, each in whole.groupby("task"):
        each.drop(columns="task").to_csv(tmp_path / f"{name}.csv", index=False)
    paths = [tmp_path / f"{name}.csv" for name in NAMES[:2]]
    by_path = analysis.compare(paths, "test_accuracy", "none")
    by_key = analysis.compare(dict(zip(NAMES, paths, strict=False)), "test_accuracy", "none")
    assert by_path.to_json() == by_key.to_json() == over(whole).to_json()
    (tmp_path / "again").mkdir()
    paths[0].rename(tmp_path / "again" / "digits.csv")
    with pytest.raises(analysis.TableError, match="2 tables are called 'digits'"):
        load_tasks([paths[1], tmp_path / "again" / "digits.csv"])


@pytest.mark.slow
def test_a_folder_of_several_tasks_is_read_by_its_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tasks.json").write_text(json.dumps({"study": "two", "tasks": ["fashion", "digits"]}))
    for name, each in rows(NAMES[:2]).groupby("task"):
        for i, row in enumerate(each.drop(columns="task").to_dict("records")):
            write_trials(
                tmp_path / str(name) / "trials" / f"{name}{i}.parquet",
                [row | {"trial_id": f"{name}{i}", "status": "ok"}],
            )
    found = analysis.compare(tmp_path, "test_accuracy", "none")
    assert list(found.tasks) == ["fashion", "digits"]
    asked = ("--metric", "test_accuracy", "--control", "none")
    assert main(["compare", str(tmp_path), *asked, "--where", "task=digits", "--json", "-"]) == 0
    one = json.loads(capsys.readouterr().out)
    assert one["n_seeds"] == 10
    assert "tasks" not in one
    for command in (["sequential", *asked], ["selfcheck", *asked], ["power", *asked, "--delta", "0.01", "--pilot"]):
        assert main([command[0], *command[1:], str(tmp_path)]) == 2
        assert "--where task=fashion" in capsys.readouterr().err
    assert main(["sequential", str(tmp_path), *asked, "--where", "task=digit"]) == 2
    assert "did you mean 'digits'" in capsys.readouterr().err
    assert main(["report", str(tmp_path)]) == 2
    assert "has no plan.json" in capsys.readouterr().err


@pytest.mark.slow
def test_what_is_missing_on_a_task_is_named_and_counted() -> None:
    whole = rows()
    lacking = whole[(whole["condition"] != "book") | whole["task"].isin(["fashion", "digits"])]
    found = over(lacking)
    assert (found.across["half"].n_tasks, found.across["book"].n_tasks) == (4, 2)
    assert any("book: is missing on tasks 'kuzushiji', 'letters'" in text for text in found.warnings)
    new = found.across["book"].new
    assert (new.estimate, new.low, new.p, new.prediction_low) == (None, None, None, None)
    assert "at least 3" in (new.reason or "")
    assert any("book: new tasks: 2 tasks" in text for text in found.warnings)
    assert found.across["book"].these.low is not None
    alone = over(whole[(whole["condition"] != "book") | (whole["task"] == "fashion")]).across["book"]
    assert (alone.n_tasks, alone.these.p, alone.these.verdict) == (1, None, verdict.CANNOT_TEST)
    with pytest.raises(analysis.TableError, match="the control 'none' is missing on task 'digits'"):
        over(whole[(whole["condition"] != "none") | (whole["task"] != "digits")])
    with pytest.raises(analysis.TableError, match="no condition 'nome' to be the control; did you mean 'none'"):
        analysis.compare(whole, "test_accuracy", "nome")


def test_faults_of_all_tasks_come_at_once() -> None:
    whole = rows()
    twice = pd.concat([whole, whole[(whole["seed"] == 0) & whole["task"].isin(["digits", "letters"])]])
    with pytest.raises(analysis.TableError) as caught:
        over(twice)
    said = str(caught.value)
    assert "task 'digits': condition 'none', seed 0 comes 2 times" in said
    assert "task 'letters': condition 'none', seed 0 comes 2 times" in said


def test_a_fault_of_every_task_stands_once() -> None:
    with pytest.raises(analysis.TableError) as caught:
        over(rows().rename(columns={"seed": "resample"}))
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].startswith("column 'seed' is missing")


def test_other_questions_take_one_task() -> None:
    loaded = analysis.load(rows())
    assert isinstance(loaded, Tasks)
    for question in (analysis.sequential, analysis.selfcheck):
        with pytest.raises(analysis.TableError, match=r'this takes one of them: where={"task": "fashion"}'):
            question(loaded, "test_accuracy", "none")
    with pytest.raises(analysis.TableError, match="this takes one of them"):
        analysis.factorial(rows(), "test_accuracy")


def test_repeated_rows_name_the_column_that_distinguishes_them() -> None:
    whole = rows(column="dataset")
    with pytest.raises(
        analysis.TableError, match=r'task="dataset" takes its 4 values for tasks; where={"dataset": "fashion"}'
    ):
        analysis.compare(whole, "test_accuracy", "none")
    course = whole.assign(epoch=whole["dataset"].map({name: i for i, name in enumerate(NAMES)})).drop(columns="dataset")
    with pytest.raises(analysis.TableError) as caught:
        analysis.compare(course, "test_accuracy", "none")
    assert 'where={"epoch": "0"} keeps one of its 4 values' in str(caught.value)
    assert "task=" not in str(caught.value)
    folds = pd.concat([rows(NAMES[:1], 3).assign(fold=fold) for fold in range(5)]).drop(columns="task")
    with pytest.raises(
        analysis.TableError, match=r'task="fold" takes its 5 values for tasks; where={"fold": "0"} keeps'
    ):
        analysis.compare(folds, "test_accuracy", "none")
    with pytest.raises(analysis.TableError) as caught:
        analysis.compare(whole.drop(columns="dataset"), "test_accuracy", "none")
    assert "distinguishes" not in str(caught.value)


def test_rows_without_a_task_are_refused() -> None:
    whole = rows()
    with pytest.raises(analysis.TableError, match="2 rows have no task"):
        over(whole.assign(task=whole["task"].mask(whole.index < 2)))


@pytest.mark.slow
def test_tasks_with_the_same_data_are_named() -> None:
    whole = rows()
    data = whole["task"].map(dict(zip(NAMES, "abbc", strict=True)))
    assert any(
        "tasks 'digits', 'kuzushiji' have the same data" in text for text in over(whole.assign(data_hash=data)).warnings
    )
    assert not any("same data" in text for text in over(whole.assign(data_hash=whole["task"])).warnings)


def test_a_margin_out_of_range_is_named_as_it_was_given() -> None:
    with pytest.raises(analysis.TableError, match=r"margin is -0\.5;"):
        analysis.compare(losses({"a": 1.0, "b": 1.0}), "test_loss", "none", scale="log-ratio", margin=-0.5)


def test_a_column_that_is_missing_is_set_against_those_of_the_table_alone() -> None:
    with pytest.raises(analysis.TableError) as caught:
        analysis.compare(losses({"a": 1.0, "b": 1.0}), "test_loss", "none", task="nope")
    assert "'test_loss'" in str(caught.value) and "_origin" not in str(caught.value)
