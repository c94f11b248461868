"""Several tasks: which family each comparison is in, and what is shown over them."""

from __future__ import annotations

import math
import time

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import analysis
from analysis.answer.compare import compare
from analysis.answer.tasks import compare_tasks
from analysis.catalogue.example import frame, tasks
from analysis.methods import verdict
from analysis.tables.table import from_frame
from bench.schema.known_metrics import MEAN, TYPICAL
from tests.unit.analysis.answer.trials_on_tasks import LABELS, NAMES, over, rows


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


def test_the_example_of_the_catalogue_has_three_tasks() -> None:
    found = compare_tasks(tasks(), "test_accuracy", "none")
    assert {each.n_tasks for each in found.across.values()} == {3}


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


def test_a_condition_on_one_task_shows_nothing_over_tasks() -> None:
    found = over(rows()[lambda table: (table["condition"] != "book") | (table["task"] == "letters")])
    assert "Over tasks nothing is shown of “book”: it is on 1 task alone." in str(found)
    assert any(
        "book: is missing on tasks" in each and each.endswith("over tasks nothing is shown of it")
        for each in found.warnings
    )
