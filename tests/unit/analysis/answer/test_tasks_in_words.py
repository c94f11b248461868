"""Several tasks: what is said of them, and what is not claimed."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis.methods import verdict
from analysis.wording.tasks import THESE, sentences, summed_up
from tests.unit.analysis.answer.trials_on_tasks import LABELS, NAMES, losses, over, rows


@pytest.mark.slow
def test_pairs_that_are_undecided_over_tasks_are_not_called_alike() -> None:
    noise = np.random.default_rng(3).normal(0, 0.02, 300)
    labels = ("none", "a", "b", "c", "d", "e")
    found = over(rows(NAMES, 5, labels).assign(test_accuracy=lambda all_: 0.5 + noise[: len(all_)]))
    assert str(found).count("no condition is shown to differ from “none”; 5 undecided") == 2
    assert "none of 15 is shown to differ by signed ranks over tasks" in str(found)


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


@pytest.mark.slow
def test_values_without_a_common_scale_are_named_with_the_scale_that_has_one() -> None:
    unlike = losses({"a": 1.0, "b": 20.0, "c": 0.01})
    found = analysis.compare(unlike, "test_loss", "none")
    said = [each for each in found.warnings if "--scale log-ratio" in each]
    assert len(said) == 1 and "on task 'c' and" in said[0] and "on task 'b'" in said[0]
    for given, scale in ((unlike, "log-ratio"), (losses({"a": 1.0, "b": 2.0, "c": 3.0}), "raw")):
        assert not any("--scale" in each for each in analysis.compare(given, "test_loss", "none", scale=scale).warnings)


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


def test_where_an_absence_is_claimed_the_interval_that_decides_stands_beside_it() -> None:
    """On a task as over tasks: the interval at 95% alone may reach beyond the margin."""
    found = over(rows(labels=("none", "half"), seeds=20), margin=0.0125)
    (each,), task = found.across.values(), found.tasks["digits"].effects["half"].headline
    assert {each.these.verdict, task.verdict} <= {verdict.EQUIVALENT, verdict.POSITIVE_BUT_NEGLIGIBLE}
    lines = [line for line in str(found).splitlines() if " (90%: " in line]
    assert any(line.startswith("digits") and f"+{100 * task.high_90:.3f})" in line for line in lines)
    assert any(line.startswith("half") and f"+{100 * each.these.high_90:.3f})" in line for line in lines)


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


def test_a_fragile_mean_of_ratios_has_their_unit() -> None:
    whole = rows(labels=LABELS[:2])
    odd = (whole["task"] == "letters") & (whole["condition"] == "half") & (whole["seed"] == 3)
    found = over(whole.assign(test_accuracy=whole["test_accuracy"] + 0.3 * odd), scale="log-ratio")
    (said,) = [each for each in found.warnings if "the mean is fragile" in each and "letters" in each]
    assert said.endswith(" in the logarithm of the ratio")
