"""Several tasks: how they are read, which family each comparison is in, and what is shown over them."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import analysis
from analysis.answer.compare import compare
from analysis.answer.tasks import compare_tasks
from analysis.catalogue.example import frame, tasks
from analysis.cli import main
from analysis.methods import verdict
from analysis.tables.loading import load_tasks
from analysis.tables.table import from_frame
from analysis.tables.tasks import Tasks
from analysis.wording.task_grids import grids
from analysis.wording.tasks import THESE, sentences, summed_up
from bench.schema.known_metrics import MEAN, TYPICAL
from tests.results import write_trials

NAMES = ("fashion", "digits", "kuzushiji", "letters")
LABELS = ("none", "half", "book")


def rows(
    names: tuple[str, ...] = NAMES, seeds: int = 10, labels: tuple[str, ...] = LABELS, column: str = "task"
) -> pd.DataFrame:
    """Return trials on tasks whose conditions are a hundredth apart, but for noise."""
    rng = np.random.default_rng(11)
    made = [
        {column: name, "condition": label, "seed": seed, "test_accuracy": 0.4 + 0.03 * t + 0.01 * k + common + noise}
        for t, name in enumerate(names)
        for seed, common in enumerate(rng.normal(0, 0.01, seeds))
        for k, (label, noise) in enumerate(zip(labels, rng.normal(0, 0.003, len(labels)), strict=True))
    ]
    return pd.DataFrame(made)


def over(given: pd.DataFrame, **told: Any) -> analysis.ComparisonOverTasks:
    found = analysis.compare(given, "test_accuracy", "none", **told)
    assert isinstance(found, analysis.ComparisonOverTasks)
    return found


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


def test_on_each_task_errors_are_divided_by_conditions_and_tasks() -> None:
    """2 conditions on 4 tasks are 8 comparisons: as if the family of a task had 8 conditions."""
    found = over(rows())
    one = rows()[lambda table: table["task"] == "digits"]
    alone = compare(from_frame(one), "test_accuracy", "none", estimand=found.estimand)
    for label in ("half", "book"):
        ours, theirs = found.tasks["digits"].effects[label], alone.effects[label]
        assert ours.p_typical_adjusted == pytest.approx(min(1, 8 * theirs.p_typical), rel=1e-12)
        assert ours.p_mean_adjusted == pytest.approx(min(1, 8 * theirs.p_t), rel=1e-9)
        assert ours.headline.low < theirs.headline.low
        assert ours.mean_difference == theirs.mean_difference


@pytest.mark.slow
def test_one_estimand_leads_on_all_tasks_and_the_task_with_fewest_seeds_decides() -> None:
    whole = rows()
    few = whole[(whole["task"] != "letters") | (whole["seed"] < 8)]  # 8 seeds: 2/256 is above 0.05/8
    assert over(whole).estimand == TYPICAL
    found = over(few)
    assert {each.estimand for each in found.tasks.values()} == {found.estimand} == {MEAN}
    assert any("unlike numbers of seeds, from 8 (letters) to 10" in text for text in found.warnings)


def test_over_tasks_the_family_is_the_conditions() -> None:
    two, one = over(rows()), over(rows()[lambda table: table["condition"] != "book"])
    ours, theirs = two.across["half"], one.across["half"]
    assert ours.new.p == pytest.approx(2 * theirs.new.p, rel=1e-9)
    assert ours.these.low < theirs.these.low
    assert ours.new.estimate == pytest.approx(theirs.new.estimate, rel=1e-12)
    estimates = [each.effects["half"].headline.estimate for each in two.tasks.values()]
    assert ours.these.estimate == pytest.approx(np.mean(estimates), rel=1e-12)


@pytest.mark.slow
def test_an_interval_excludes_zero_where_p_is_at_most_alpha() -> None:
    for alpha in (0.001, 0.05, 0.3):
        for each in over(rows(seeds=14), alpha=alpha).across.values():
            for found in (each.these, each.new):
                if found.low is not None:
                    assert (found.low > 0 or found.high < 0) == (found.p <= alpha)


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


@pytest.mark.slow
def test_pairs_that_are_undecided_over_tasks_are_not_called_alike() -> None:
    noise = np.random.default_rng(3).normal(0, 0.02, 300)
    labels = ("none", "a", "b", "c", "d", "e")
    found = over(rows(NAMES, 5, labels).assign(test_accuracy=lambda all_: 0.5 + noise[: len(all_)]))
    assert str(found).count("no condition is shown to differ from “none”; 5 undecided") == 2
    assert "none of 15 is shown to differ by signed ranks over tasks" in str(found)


def test_a_task_on_which_nothing_varies_counts_as_known_without_error() -> None:
    whole = rows()
    steady = whole.assign(
        test_accuracy=whole["test_accuracy"].where(
            whole["task"] != "letters", 0.9 + 0.1 * (whole["condition"] == "half")
        )
    )
    found = over(steady)
    each = found.across["half"]
    assert each.these.low < each.these.estimate < each.these.high
    assert any("on task 'letters' the difference is the same at all seeds" in text for text in found.warnings)
    assert found.tasks["letters"].effects["half"].headline.verdict == verdict.CANNOT_TEST


@pytest.mark.slow
def test_differences_that_vary_with_no_seed_on_any_task_are_no_evidence_of_new_seeds() -> None:
    """Deterministic training under many seeds: no interval of width 0, and no p; tasks are a sample as ever."""
    whole = rows(seeds=10)
    steady = whole.assign(test_accuracy=whole.groupby(["task", "condition"])["test_accuracy"].transform("first"))
    found = over(steady).across["half"]
    assert (found.these.verdict, found.these.low, found.these.p) == (verdict.CANNOT_TEST, None, None)
    assert "on no task does the difference vary with the seed" in str(over(steady))
    by_task = steady[steady["seed"] == 0].pivot_table(index="task", columns="condition", values="test_accuracy")
    by_scipy = stats.ttest_1samp(by_task["half"] - by_task["none"], 0).confidence_interval(1 - 0.05 / 2)
    assert (found.new.low, found.new.high) == pytest.approx(tuple(by_scipy), rel=1e-6)


@pytest.mark.slow
def test_on_the_scale_of_ratios_the_unit_of_a_task_does_not_matter() -> None:
    whole = rows(labels=LABELS).rename(columns={"test_accuracy": "score_loss"})
    sizes = dict(zip(NAMES, (1.0, 10.0, 1e-3, 1e5), strict=True))
    scaled = whole.assign(score_loss=whole["score_loss"] * whole["task"].map(sizes))
    one, other = (
        analysis.compare(each, "score_loss", "none", scale="log-ratio", margin=0.02) for each in (whole, scaled)
    )
    for label in ("half", "book"):
        assert one.across[label].these.estimate == pytest.approx(other.across[label].these.estimate, rel=1e-9)
        assert one.across[label].new.high == pytest.approx(other.across[label].new.high, rel=1e-9)
    assert (one.scale, one.margin) == ("log-ratio", 0.02)
    effect = one.tasks["digits"].effects["half"]
    assert effect.margin == pytest.approx(math.log(1.02))
    assert effect.pairs[0].difference == pytest.approx(effect.pairs[0].condition - effect.pairs[0].control)
    assert {each.interquartile_mean for each in one.scores} == {None}
    with pytest.raises(analysis.TableError, match="score_loss is 0; allowed on the scale log-ratio: above 0"):
        analysis.compare(scaled.replace(scaled["score_loss"][0], 0.0), "score_loss", "none", scale="log-ratio")
    with pytest.raises(analysis.TableError, match="is for several tasks"):
        analysis.compare(whole, "score_loss", "none", scale="log-ratio", where={"task": "digits"})


@pytest.mark.slow
def test_diverged_runs_have_no_ratio_and_are_counted() -> None:
    whole = rows().rename(columns={"test_accuracy": "score_loss"})
    lost = (whole["task"] == "digits") & (whole["condition"] == "half") & (whole["seed"] == 3)
    broken = whole.assign(status=np.where(lost, "diverged", "ok"), score_loss=whole["score_loss"].mask(lost, np.nan))
    raw, ratio = (analysis.compare(broken, "score_loss", "none", scale=each) for each in ("raw", "log-ratio"))
    assert raw.tasks["digits"].effects["half"].n_typical == 10
    assert ratio.tasks["digits"].effects["half"].n_typical == 9
    dropped = ratio.to_json()["dropped"]
    assert [(each["task"], each["condition"], each["seeds"]) for each in dropped] == [("digits", "half", [3])]


@pytest.mark.slow
def test_images_widen_the_interval_over_tasks_where_every_task_has_them() -> None:
    parts = [frame().assign(task=name) for name in ("one", "two", "three")]
    with_images = analysis.compare(pd.concat(parts), "test_accuracy", "none")
    parts[1] = parts[1].drop(columns="test_bits")
    without = analysis.compare(pd.concat(parts), "test_accuracy", "none")
    assert with_images.across["low"].scope == "seeds_and_images"
    assert without.across["low"].scope == "seeds"
    assert with_images.across["low"].these.low < without.across["low"].these.low
    assert with_images.tasks["one"].effects["low"].headline.scope == "seeds_and_images"


def test_the_json_has_the_keys_of_the_contract() -> None:
    found = over(rows(), margin=0.005).to_json()
    assert found["comparisons"] == []
    assert [each["task"] for each in found["tasks"]] == list(NAMES)
    assert {"task", "n_seeds", "comparisons", "divergence", "bad_endings"} <= found["tasks"][0].keys()
    assert [each["condition"] for each in found["across_tasks"]] == ["half", "book"]
    assert {"condition", "n_tasks", "these", "new", "p_wilcoxon"} <= found["across_tasks"][0].keys()
    assert {"estimate", "low", "high", "p"} <= found["across_tasks"][0]["these"].keys()
    new = {"estimate", "low", "high", "p", "tau", "i2", "prediction_low", "prediction_high"}
    assert new <= found["across_tasks"][0]["new"].keys()
    assert len(found["pairs"]) == 3
    json.dumps(found, allow_nan=False)


@pytest.mark.slow
def test_the_text_never_mixes_these_tasks_with_new_ones() -> None:
    said = str(over(rows(), margin=0.005))
    these, new = "on average over these 4 tasks, for new seeds, “half”", "for a new task drawn like these 4, “half”"
    assert said.count(these) == said.count(new) == 1
    assert said.index(these) < said.index(new)
    assert "On one single new task the true difference may be anything from" in said
    two = str(over(rows(NAMES[:2])))
    few = "nothing is shown of any condition: 2 tasks; new tasks of this kind need at least 3."
    assert f"For a new task drawn like these 2, on average, {few}" in two
    assert "Over new tasks of this kind" not in two


@pytest.mark.slow
def test_many_comparisons_have_a_grid_and_a_summary() -> None:
    names = tuple(f"data-set-{i}" for i in range(6))
    found = over(rows(names, 15, labels=("none", *(f"model-{k}" for k in range(6)))))
    said = str(found)
    assert "On average over these 6 tasks, for new seeds, all 6 conditions differ from “none”" in said
    assert "no mark: undecided" in said
    assert "none of 21 is shown to differ by signed ranks over tasks" in said
    assert max(map(len, said.split("\n\n")[3].splitlines())) < 200


def test_the_summary_has_the_interval_of_each_difference_that_it_tells() -> None:
    found = over(rows())
    said = summed_up(found, THESE)
    assert said.startswith("On average over these 4 tasks, for new seeds, both conditions differ from “none”: ")
    for label in LABELS[1:]:
        these = found.across[label].these
        low, high = (f"{100 * end:+.2f}" for end in (these.low, these.high))
        assert f"“{label}” {100 * these.estimate:+.2f} points (95% CI {low} to {high})" in said


def test_a_notebook_and_a_frame_show_it() -> None:
    found = over(rows())
    page = found._repr_html_()
    assert page.count("<table>") == 5
    assert "Over these 4 tasks" in page
    table = found.to_frame()
    assert table.loc[("half", "these tasks"), "estimate"] == found.across["half"].these.estimate
    assert table.loc[("book", "digits"), "low"] == found.tasks["digits"].effects["book"].headline.low
    assert len(table) == 2 * (4 + 2)
    assert len(repr(found)) < 200


def test_other_questions_take_one_task() -> None:
    loaded = analysis.load(rows())
    assert isinstance(loaded, Tasks)
    for question in (analysis.sequential, analysis.selfcheck):
        with pytest.raises(analysis.TableError, match=r"this takes one of them: --where task=fashion"):
            question(loaded, "test_accuracy", "none")
    with pytest.raises(analysis.TableError, match="this takes one of them"):
        analysis.factorial(rows(), "test_accuracy")


def test_repeated_rows_name_the_column_that_distinguishes_them() -> None:
    whole = rows(column="dataset")
    with pytest.raises(
        analysis.TableError, match="--task dataset takes its 4 values for tasks; --where dataset=fashion"
    ):
        analysis.compare(whole, "test_accuracy", "none")
    course = whole.assign(epoch=whole["dataset"].map({name: i for i, name in enumerate(NAMES)})).drop(columns="dataset")
    with pytest.raises(analysis.TableError) as caught:
        analysis.compare(course, "test_accuracy", "none")
    assert "--where epoch=0 keeps one of its 4 values" in str(caught.value)
    assert "--task" not in str(caught.value)
    folds = pd.concat([rows(NAMES[:1], 3).assign(fold=fold) for fold in range(5)]).drop(columns="task")
    with pytest.raises(analysis.TableError, match="--task fold takes its 5 values for tasks; --where fold=0 keeps"):
        analysis.compare(folds, "test_accuracy", "none")
    with pytest.raises(analysis.TableError) as caught:
        analysis.compare(whole.drop(columns="dataset"), "test_accuracy", "none")
    assert "distinguishes" not in str(caught.value)


def test_rows_without_a_task_are_refused() -> None:
    whole = rows()
    with pytest.raises(analysis.TableError, match="2 rows have no task"):
        over(whole.assign(task=whole["task"].mask(whole.index < 2)))


def test_the_example_of_the_catalogue_has_three_tasks() -> None:
    found = compare_tasks(tasks(), "test_accuracy", "none")
    assert {each.n_tasks for each in found.across.values()} == {3}


@pytest.mark.slow
def test_tasks_with_the_same_data_are_named() -> None:
    whole = rows()
    data = whole["task"].map(dict(zip(NAMES, "abbc", strict=True)))
    assert any(
        "tasks 'digits', 'kuzushiji' have the same data" in text for text in over(whole.assign(data_hash=data)).warnings
    )
    assert not any("same data" in text for text in over(whole.assign(data_hash=whole["task"])).warnings)


@pytest.mark.slow
def test_tables_as_large_as_published_ones_take_seconds() -> None:
    """Three optimisers on five tasks at 10 seeds, and fifteen models on eleven data sets at 15."""
    names = tuple(f"data-set-{i}" for i in range(11))
    wide = rows(names, 15, labels=("none", *(f"model-{k}" for k in range(1, 15))))
    began = time.process_time()
    small, large = over(rows(names[:5])), over(wide)
    said = str(small), str(large)
    assert time.process_time() - began < 10
    assert (len(small.across), len(large.across), len(large.pairs)) == (2, 14, 105)
    assert all(each.n_tasks == 11 and each.new.p is not None for each in large.across.values())
    assert [len(each.splitlines()) < 100 for each in said] == [True, True]


def losses(sizes: dict[str, float], seeds: int = 8) -> pd.DataFrame:
    """Return losses of two conditions a tenth apart, of these sizes on the tasks."""
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {"task": name, "condition": label, "seed": seed, "test_loss": size * factor * np.exp(rng.normal(0, 0.05))}
        for name, size in sizes.items()
        for label, factor in (("none", 1.0), ("half", 1.1))
        for seed in range(seeds)
    )


@pytest.mark.slow
def test_values_without_a_common_scale_are_named_with_the_scale_that_has_one() -> None:
    unlike = losses({"a": 1.0, "b": 20.0, "c": 0.01})
    found = analysis.compare(unlike, "test_loss", "none")
    said = [each for each in found.warnings if "--scale log-ratio" in each]
    assert len(said) == 1 and "on task 'c' and" in said[0] and "on task 'b'" in said[0]
    for given, scale in ((unlike, "log-ratio"), (losses({"a": 1.0, "b": 2.0, "c": 3.0}), "raw")):
        assert not any("--scale" in each for each in analysis.compare(given, "test_loss", "none", scale=scale).warnings)


def test_a_margin_out_of_range_is_named_as_it_was_given() -> None:
    with pytest.raises(analysis.TableError, match=r"margin is -0\.5;"):
        analysis.compare(losses({"a": 1.0, "b": 1.0}), "test_loss", "none", scale="log-ratio", margin=-0.5)


def test_one_run_on_each_task_has_scores_without_an_interval() -> None:
    found = analysis.compare(losses({"a": 1.0, "b": 1.0}, seeds=1), "test_loss", "none")
    assert isinstance(found, analysis.ComparisonOverTasks)
    for each in found.scores:
        assert each.interquartile_mean is not None and each.interquartile_mean_low is None
        assert each.improvement_low is None


def test_a_column_that_is_missing_is_set_against_those_of_the_table_alone() -> None:
    with pytest.raises(analysis.TableError) as caught:
        analysis.compare(losses({"a": 1.0, "b": 1.0}), "test_loss", "none", task="nope")
    assert "'test_loss'" in str(caught.value) and "_origin" not in str(caught.value)


@pytest.mark.slow
def test_conditions_that_are_undecided_are_not_claimed_to_be_alike() -> None:
    noise = np.random.default_rng(3).normal(0, 0.02, 240)
    same = pd.DataFrame(
        {"task": task, "condition": label, "seed": seed, "test_accuracy": 0.8 + noise[48 * t + 6 * seed + k]}
        for t, task in enumerate(NAMES)
        for k, label in enumerate(("none", "a", "b", "c", "d", "e"))
        for seed in range(8)
    )
    said = str(over(same))
    assert said.count("no condition is shown to differ from “none”; 5 undecided") == 2, said
    assert "none of 5" not in said


@pytest.mark.slow
def test_one_task_that_outweighs_all_others_is_named() -> None:
    even = losses({"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0})
    assert not any("signs aside" in each for each in analysis.compare(even, "test_loss", "none").warnings)
    uneven = even.assign(test_loss=even["test_loss"].where(even["task"] != "c", even["test_loss"] ** 9))
    said = [each for each in analysis.compare(uneven, "test_loss", "none").warnings if "signs aside" in each]
    assert len(said) == 1 and said[0].startswith("half: task 'c' makes ")


def test_a_ratio_without_bound_is_written_with_a_power_of_ten() -> None:
    wild = losses({"a": 1.0, "b": 1.0, "c": 1.0})
    wild.loc[(wild["task"] == "c") & (wild["condition"] == "half"), "test_loss"] *= 1e-15
    said = str(analysis.compare(wild, "test_loss", "none", scale="log-ratio"))
    assert "e+" in said and max(map(len, said.split())) < 60


def test_the_mean_of_few_seeds_says_what_it_assumes() -> None:
    for seeds, assumed in ((5, True), (10, False)):
        said = str(analysis.compare(losses({"a": 1.0, "b": 1.0, "c": 1.0}, seeds), "test_loss", "none"))
        assert ("assume normal differences" in said) is assumed
    chosen = str(analysis.compare(losses({"a": 1.0, "b": 1.0}, 10), "test_loss", "none", estimand=MEAN))
    assert "assume normal differences" in chosen and "few" not in chosen


def test_where_an_absence_is_claimed_the_interval_that_decides_stands_beside_it() -> None:
    """On a task as over tasks: the interval at 95% alone may reach beyond the margin."""
    found = over(rows(labels=("none", "half"), seeds=20), margin=0.0125)
    (each,), task = found.across.values(), found.tasks["digits"].effects["half"].headline
    assert {each.these.verdict, task.verdict} <= {verdict.EQUIVALENT, verdict.POSITIVE_BUT_NEGLIGIBLE}
    lines = [line for line in str(found).splitlines() if " (90%: " in line]
    assert any(line.startswith("digits") and f"+{100 * task.high_90:.3f})" in line for line in lines)
    assert any(line.startswith("half") and f"+{100 * each.these.high_90:.3f})" in line for line in lines)


def single_runs(names: tuple[str, ...] = NAMES) -> pd.DataFrame:
    """Return one run of each condition on each task."""
    return rows(names)[lambda table: table["seed"] == 0]


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


def test_a_claim_over_tasks_names_its_margin() -> None:
    for margin, word in ((0.001, "Higher, by more than the margin of 0.1 points: "),
                         (0.03, "Higher, by less than the margin of 3 points: ")):  # fmt: skip
        of_these, of_new = sentences(over(rows(labels=LABELS[:2]), margin=margin))
        assert of_these.startswith(f"{word}on average over these 4 tasks")
        assert of_new.startswith(f"{word}for a new task drawn like these 4")
    same = rows(labels=LABELS[:2])
    same["test_accuracy"] -= 0.01 * (same["condition"] == "half")
    assert sentences(over(same, margin=0.04))[0].startswith("Equivalent to within 4 points: on average")
    ratios = over(rows(labels=LABELS[:2]), margin=0.001, scale="log-ratio")
    assert sentences(ratios)[0].startswith("Higher, by more than the margin of 0.1%: on average")
    assert sentences(over(rows(labels=LABELS[:2])))[0].startswith("Higher: on average")


def test_a_condition_on_one_task_shows_nothing_over_tasks() -> None:
    found = over(rows()[lambda table: (table["condition"] != "book") | (table["task"] == "letters")])
    assert "Over tasks nothing is shown of “book”: it is on 1 task alone." in str(found)
    assert any(
        "book: is missing on tasks" in each and each.endswith("over tasks nothing is shown of it")
        for each in found.warnings
    )


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


def test_a_fragile_mean_of_ratios_has_their_unit() -> None:
    whole = rows(labels=LABELS[:2])
    odd = (whole["task"] == "letters") & (whole["condition"] == "half") & (whole["seed"] == 3)
    found = over(whole.assign(test_accuracy=whole["test_accuracy"] + 0.3 * odd), scale="log-ratio")
    (said,) = [each for each in found.warnings if "the mean is fragile" in each and "letters" in each]
    assert said.endswith(" in the logarithm of the ratio")
