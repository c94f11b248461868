"""Several tasks with one run, few runs or splits on each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import analysis
from analysis.cli import main
from analysis.methods import verdict
from analysis.wording.task_grids import grids
from bench.schema.known_metrics import MEAN
from tests.unit.analysis.answer.trials_on_tasks import LABELS, NAMES, losses, over, rows, single_runs


def test_one_run_on_each_task_has_scores_without_an_interval() -> None:
    found = analysis.compare(losses({"a": 1.0, "b": 1.0}, seeds=1), "test_loss", "none")
    assert isinstance(found, analysis.ComparisonOverTasks)
    for each in found.scores:
        assert each.interquartile_mean is not None and each.interquartile_mean_low is None
        assert each.improvement_low is None


def test_the_mean_of_few_seeds_says_what_it_assumes() -> None:
    for seeds, assumed in ((5, True), (10, False)):
        said = str(analysis.compare(losses({"a": 1.0, "b": 1.0, "c": 1.0}, seeds), "test_loss", "none"))
        assert ("assume normal differences" in said) is assumed
    chosen = str(analysis.compare(losses({"a": 1.0, "b": 1.0}, 10), "test_loss", "none", estimand=MEAN))
    assert "assume normal differences" in chosen and "few" not in chosen


def test_one_run_on_each_task_speaks_of_new_tasks_by_the_tasks_alone() -> None:
    whole = single_runs()
    found = over(whole, margin=0.02)
    table = whole.pivot_table(index="task", columns="condition", values="test_accuracy", sort=False)
    for label in ("half", "book"):
        each, differences = found.across[label], table[label] - table["none"]
        by_scipy = stats.ttest_1samp(differences, 0).confidence_interval(1 - 0.05 / 2)
        assert (each.new.low, each.new.high) == pytest.approx(tuple(by_scipy), rel=1e-9)
        assert each.new.p == pytest.approx(min(1, 2 * stats.ttest_1samp(differences, 0).pvalue), rel=1e-9)
        assert each.p_wilcoxon == pytest.approx(stats.wilcoxon(differences).pvalue, rel=1e-12)
        assert each.scope == "tasks"
        assert {each.new.tau, each.new.i2, each.new.prediction_low, each.these.low, each.these.p} == {None}
        assert each.these.verdict == verdict.CANNOT_TEST
    said = str(found)
    assert "nothing is shown of any condition: one run of each condition on a task says nothing of other seeds" in said
    assert said.count("The task is the unit: this says neither what new seeds would show") == 2
    assert "for new seeds" not in said
    assert "prediction interval" not in said
    assert "Over these 4 tasks" not in said


@pytest.mark.slow
def test_one_task_with_one_run_leaves_what_the_tasks_show_of_new_ones() -> None:
    whole = rows()[lambda table: (table["task"] != "digits") | (table["seed"] == 0)]
    found = over(whole).across["half"]
    means = [each.effects["half"].mean_difference for each in over(whole).tasks.values()]
    assert (found.scope, found.these.low) == ("tasks", None)
    assert found.new.estimate == pytest.approx(np.mean(means), rel=1e-9)
    assert "on task 'digits' the pairs are too few" in found.these.reason
    gone = whole[(whole["task"] != "digits") | (whole["condition"] != "half") | (whole["seed"] > 99)]
    assert over(gone).across["half"].scope == "seeds"
    two = over(single_runs(NAMES[:2]))
    assert {(each.scope, each.new.low) for each in two.across.values()} == {(None, None)}
    assert two.across["half"].new.reason == "2 tasks; new tasks of this kind need at least 3"
    assert sum("says nothing of other seeds" in text for text in two.warnings) == 1
    folds = over(single_runs().rename(columns={"task": "fold"}), task="fold")
    assert {each.scope for each in folds.across.values()} == {None}
    assert "The task is the unit" not in str(folds)


def test_splits_are_no_values_of_tasks_that_count_once() -> None:
    """Without the share that a split holds out nothing is decided; few pairs open no way around that."""
    few = rows(seeds=2).rename(columns={"seed": "fold"})
    assert {each.scope for each in over(few).across.values()} == {None}


@pytest.mark.slow
def test_a_table_of_single_runs_needs_no_column_of_seeds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = single_runs().rename(columns={"task": "dataset"})
    bare = whole.drop(columns="seed")
    assert over(bare, task="dataset").to_json() == over(whole, task="dataset").to_json()
    bare.to_csv(tmp_path / "bare.csv", index=False)
    asked = ["compare", str(tmp_path / "bare.csv"), "--metric", "test_accuracy", "--control", "none"]
    assert main([*asked, "--task", "dataset"]) == 0
    assert "no column of seeds: one run of each condition on each value of 'dataset'" in capsys.readouterr().err
    assert main(asked) == 2
    assert "--task COLUMN does for one run on each of several tasks" in capsys.readouterr().err
    twice = pd.concat([bare, bare])
    with pytest.raises(analysis.TableError, match="column 'seed' is missing"):
        over(twice, task="dataset")


def test_tasks_that_are_given_as_seeds_are_said_to_be_tasks() -> None:
    whole = single_runs().rename(columns={"task": "dataset"}).drop(columns="seed")
    found = analysis.compare(whole, "test_accuracy", "none", seed="dataset")
    assert any("--task dataset compares over tasks" in text for text in found.warnings)


def test_where_no_run_differs_the_condition_is_in_doubt_and_nothing_has_a_p() -> None:
    whole = rows(labels=LABELS[:2])
    same = whole.assign(test_accuracy=whole.groupby(["task", "seed"])["test_accuracy"].transform("first"))
    found = over(same)
    assert found.across["half"].these.reason.endswith("the condition may not be applied")
    assert not [each for each in found.warnings if "known without error" in each]
    moved = same.assign(test_accuracy=same["test_accuracy"] + 0.01 * (same["condition"] == "half"))
    assert over(moved).across["half"].these.reason.endswith("the seed may not be applied")
    for each in (found, over(moved)):
        assert (each.across["half"].p_wilcoxon, each.pairs[0].p_wilcoxon, each.pairs[0].p_holm) == (None, None, None)
    assert (over(moved).pairs[0].wins, found.pairs[0].ties) == (4, 4)


def test_draws_that_are_all_alike_are_no_interval() -> None:
    """Every run of one condition above every run of the other: the share is 1, and how sure that is the draws hide."""
    whole = rows(labels=LABELS[:2])
    half = next(each for each in over(whole.assign(test_accuracy=lambda all_: all_["test_accuracy"] / 4 + 0.5 * (
        all_["condition"] == "half"))).scores if each.condition == "half")  # fmt: skip
    assert (half.improvement, half.improvement_low, half.improvement_high) == (1.0, None, None)
    assert half.interquartile_mean_low < half.interquartile_mean < half.interquartile_mean_high


def test_splits_that_are_tasks_are_said_to_share_their_data() -> None:
    folds = rows().rename(columns={"task": "fold"})
    assert sum("which they are not where a seed is the same" in each for each in over(folds, task="fold").warnings) == 1
    assert not [each for each in over(rows()).warnings if "splits of one data set" in each]


def test_few_seeds_are_said_to_leave_the_interval_for_new_tasks_too_narrow() -> None:
    said = "With 10 seeds or fewer on a task the interval for new tasks misses up to about twice as often as it should."
    assert said in str(over(rows(seeds=10)))
    for found in (over(rows(seeds=11)), over(rows(NAMES[:2])), over(single_runs())):
        assert said not in str(found)


def test_single_runs_stand_beside_the_number_of_tasks_that_they_are_on() -> None:
    found = over(rows()[lambda table: (table["condition"] != "book") | (table["task"] != "letters")])
    (grid,) = [each for each in grids(found) if each.title.startswith("Single runs")]
    place = grid.header.index("tasks")
    assert [(row[0], row[place]) for row in grid.rows] == [("none", "4"), ("half", "4"), ("book", "3")]
