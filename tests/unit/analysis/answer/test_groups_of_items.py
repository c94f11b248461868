"""Test examples in groups, over several seeds: what the answer, its sentences, its page and its plans say of them."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.answer.compare import compare
from analysis.answer.comparison import Comparison
from analysis.answer.out_of_reach import SIZE_OPEN, out_of_reach, report_design
from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.answer.power_question import Planning
from analysis.answer.sample_size import of_condition
from analysis.answer.tasks import compare_tasks
from analysis.figures import floor_meter
from analysis.methods.power import Design
from analysis.report.gather import Pool
from analysis.report.sections import answer as first_screen
from analysis.report.sections.reduce_uncertainty import what_would_help
from analysis.report.task_sections.each_task import each_task_grid
from analysis.tables.item_groups import FEWEST_GROUPS, FEWEST_OF_EQUAL_SIZE, ItemGroups
from analysis.tables.table import from_frame
from analysis.tables.tasks import Tasks
from analysis.wording.paper import checklist, interval_kind
from analysis.wording.power_terminal import render as render_plan
from analysis.wording.tasks import of_these
from analysis.wording.tasks_terminal import title
from analysis.wording.terminal import render
from tests.unit.analysis.answer.test_one_run import evidence

METRIC, ITEMS = "test_accuracy", 600
REACH = "for new seeds and new groups of test examples, on this training set"
GROUPS = np.arange(ITEMS) // 15


def frame(groups: np.ndarray | None = GROUPS, seeds: int = 8, by_group: float = 0.2) -> pd.DataFrame:
    """Return trials of two conditions and a control, whose gains differ by group."""
    rng, rows = np.random.default_rng(4), []
    ease, own = rng.random(ITEMS), rng.normal(0, by_group, ITEMS)[GROUPS]
    for seed in range(seeds):
        for label, gain in (("none", 0.0), ("half", 0.0), ("book", 0.12)):
            right = 0.6 * ease + 0.4 * rng.random(ITEMS) < 0.6 + gain + (own if label != "none" else 0)
            rows.append({"condition": label, "seed": seed, "test_correct": int(right.sum()), "test_total": ITEMS,
                         "test_bits": np.packbits(right).tobytes(), "status": "ok", "classes": 10})  # fmt: skip
    found = pd.DataFrame(rows)
    return found if groups is None else found.assign(test_groups=[groups] * len(found))


def whole(rows: pd.DataFrame, **asked: object) -> Comparison:
    return compare(from_frame(rows), METRIC, "none", **({"margin": 0.01} | asked))


@pytest.mark.parametrize("estimand", ["typical", "mean"])
def test_the_headline_is_of_new_groups_and_moves_by_what_they_add(estimand: str) -> None:
    found = whole(frame(), estimand=estimand)
    df = 39.0
    for each in found.effects.values():
        told = each.headline
        assert (told.scope, told.estimand) == ("seeds_and_groups", estimand)
        assert (each.test_images, each.test_groups, each.test_set_floor_df) == (ITEMS, 40, pytest.approx(df))
        low, high = (
            (each.typical_low_simultaneous, each.typical_high_simultaneous)
            if estimand == "typical"
            else (each.mean_low_simultaneous, each.mean_high_simultaneous)
        )
        reach = stats.t.isf(0.05 / 4, df) * each.test_set_floor
        assert each.test_set_floor > 0
        assert told.low == pytest.approx(told.estimate - math.hypot(told.estimate - low, reach), rel=1e-9)
        assert told.high == pytest.approx(told.estimate + math.hypot(high - told.estimate, reach), rel=1e-9)
    assert f"Intervals and verdicts hold for all conditions at once, {REACH}." in render(found)
    assert "over seeds alone" in render(found)
    each = found.effects["book"]
    assert REACH in interval_kind(each, found)
    told = checklist(found, 24, None, [])
    assert "widened for new groups of test examples (MOVER)" in told
    assert told.startswith("Each of 2 conditions is compared with “none” on test accuracy")
    assert (
        "test_groups: the 600 test examples lie in 40 groups of 15; where claims reach beyond these examples they are "
        "of new groups"
    ) in found.warnings


def test_the_estimate_and_what_is_of_seeds_alone_do_not_know_of_groups() -> None:
    plain, grouped = whole(frame(None)), whole(frame())
    assert {each.headline.scope for each in plain.effects.values()} == {"seeds_and_images"}
    for label, each in plain.effects.items():
        other = grouped.effects[label]
        assert other.headline.estimate == each.headline.estimate
        for key in ("typical_low_simultaneous", "mean_low_simultaneous", "p_typical", "p_t", "mean_difference"):
            assert getattr(other, key) == getattr(each, key)
        assert other.test_set_floor > each.test_set_floor, "gains differ by group"


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        (np.arange(ITEMS) % 9, "there are 9 groups, and it takes at least 10"),
        (np.zeros(ITEMS, int), "there is 1 group, and it takes at least 10"),
        (
            np.maximum(np.arange(ITEMS) - 480, 0) // 8,
            "the 15 groups are of unlike size and count as 1.5 of one size, and it takes at least 8",
        ),
    ],
)
def test_too_few_groups_leave_the_verdict_to_seeds_and_say_why(groups: np.ndarray, why: str) -> None:
    found = whole(frame(groups))
    for each in found.effects.values():
        assert each.headline.scope == "seeds"
        assert (each.se_crossed, each.test_set_floor, each.verdict_crossed, each.test_groups) == (None,) * 4
    (said,) = (text for text in found.warnings if text.startswith("test_groups"))
    assert why in said and "no interval over seeds and groups is given" in said
    assert "verdicts and plans hold for new seeds on these examples" in said
    assert whole(frame(np.arange(ITEMS) % FEWEST_GROUPS)).effects["book"].headline.scope == "seeds_and_groups"


def test_groups_of_unlike_size_count_as_fewer() -> None:
    sizes = np.array([120, *[12] * 40])
    groups = ItemGroups.of(np.repeat(np.arange(41), sizes))
    assert groups is not None and groups.effective == pytest.approx(600**2 / (120**2 + 40 * 144))
    assert groups.effective > FEWEST_OF_EQUAL_SIZE and groups.too_few is None
    found = whole(frame(np.repeat(np.arange(41), sizes)))
    assert found.effects["book"].test_set_floor_df == pytest.approx(groups.effective - 1)
    assert any("41 groups of 12 to 120, which count as 17.9 of one size;" in text for text in found.warnings)


def test_what_would_help_is_more_groups_and_not_more_examples_of_them() -> None:
    found = whole(frame(seeds=20), margin=None)
    assert found.drawn == "example group" and whole(frame(None)).drawn == "example"
    each = found.effects["book"]
    assert each.surer_by == "images"
    (said,) = what_would_help([each], 2, found.drawn)
    assert said.startswith("4 times the test example groups would reduce the standard error")


def test_a_plan_that_seeds_do_not_reach_says_how_many_groups_do() -> None:
    """With as many groups its interval would have the power: at their own degrees of freedom, which are more."""
    each = whole(frame(seeds=12)).effects["book"]
    floor, df = each.test_set_floor, each.test_set_floor_df
    design = report_design(each, 2)
    delta = 0.9 * dataclasses.replace(design, floor_df=df).greatest_floor(1.0) ** -1 * floor
    found = out_of_reach(each, design, delta)
    assert found is not None and found.groups is not None and found.present_groups == 40
    enough, few = (
        Design(0.01, 0.05, 0.8, 2, floor * math.sqrt(40 / many), floor_df=(df + 1) * many / 40 - 1,
               estimand=design.estimand).seeds(delta)
        for many in (found.groups, found.groups - 1)
    )  # fmt: skip
    assert enough is not None and few is None
    assert found.groups > 40 and found.images == pytest.approx(found.groups * 15, abs=15)
    said = found.told("example")
    assert said.startswith("Over new groups of test examples too,")
    assert said.endswith(f"and {found.groups} groups of test examples in place of 40 would be needed")


def test_tasks_whose_examples_lie_in_groups_are_of_new_groups() -> None:
    def compared(*rows: pd.DataFrame) -> ComparisonOverTasks:
        tables = {f"t{k}": from_frame(each.assign(test_total=ITEMS)) for k, each in enumerate(rows)}
        return compare_tasks(Tasks("made", tables), METRIC, "none", margin=0.01)

    def over(*rows: pd.DataFrame) -> str | None:
        return compared(*rows).across["book"].scope

    assert over(frame(), frame(seeds=9)) == "seeds_and_groups"
    assert over(frame(), frame(None, seeds=9)) == "seeds_and_images_or_groups"
    assert over(frame(None), frame(None, seeds=9)) == "seeds_and_images"
    assert over(frame(), frame(np.arange(ITEMS) % 5, seeds=9)) == "seeds"
    found = compared(frame(), frame(None, seeds=9))
    said = of_these(found.across["book"], found)
    assert "for new seeds and new test examples or, on some tasks, groups of them, " in said


def test_conditions_of_unlike_scope_are_not_told_of_as_one() -> None:
    rows = frame()
    rows.loc[(rows["condition"] == "half") & (rows["seed"] == 3), "test_bits"] = None
    found = whole(rows)
    assert [each.headline.scope for each in found.effects.values()] == ["seeds", "seeds_and_groups"]
    both = f"for new seeds, on this training set and this test set; or {REACH}."
    table = from_frame(rows)
    said = first_screen._notes(Pool("", table, evidence(found)))
    assert said[0] == f"Intervals and verdicts hold for all conditions at once, {both}"
    told = checklist(found, 24, None, [])
    assert f"simultaneous over 2 conditions, {both}" in told
    assert "widened for new groups of test examples (MOVER), where they cover these." in told


def test_the_table_of_each_task_says_what_its_intervals_hold_for() -> None:
    tables = {"a": from_frame(frame()), "b": from_frame(frame(np.arange(ITEMS) % 5))}
    found = compare_tasks(Tasks("made", tables), METRIC, "none", margin=0.01)
    said = f"On each task they hold for new seeds, on this training set and this test set; or {REACH}."
    grid = each_task_grid(found)
    assert grid is not None and said in grid.caption
    assert said in title(found)


def test_a_control_alone_in_groups_has_its_variance_split_by_groups() -> None:
    assert whole(frame().query("condition == 'none'")).drawn == "example group"
    assert whole(frame(None).query("condition == 'none'")).drawn == "example"


def test_the_figure_says_groups() -> None:
    known = evidence(whole(frame()))
    assert "new test example groups" in floor_meter.caption(known)
    assert "they lie in too few groups" in (floor_meter.missing(evidence(whole(frame(np.arange(ITEMS) % 5)))) or "")


@pytest.mark.parametrize("word", ["superior", "inconclusive", "cannot_test"])
def test_the_limit_of_a_condition_is_that_of_the_margin_whatever_its_verdict(word: str) -> None:
    """That no number of seeds decides it would be untrue: some do where the true difference is larger."""
    each = whole(frame(seeds=20), margin=0.001).effects["book"]
    assert each.headline.verdict == "superior"
    assert of_condition(each, report_design(each, 2), 0.2, None).n is not None
    judged = dataclasses.replace(each, headline=dataclasses.replace(each.headline, verdict=word))
    (said,) = what_would_help([judged], 2, "example group")
    assert "with as many test example groups no number of seeds detects with 80% power a true difference of" in said


def test_the_limit_where_only_the_size_is_open_is_at_the_difference_seen() -> None:
    each = whole(frame(seeds=20), margin=0.001).effects["book"]
    open_ = dataclasses.replace(each.headline, verdict=SIZE_OPEN[0], estimate=0.0011)
    (said,) = what_would_help([dataclasses.replace(each, headline=open_)], 2, "example group")
    assert "shows with 80% power on which side of the margin a true difference like the one seen lies" in said


@pytest.mark.parametrize("asked", [Planning(delta=0.05), Planning(margin=0.05)])
def test_a_plan_by_a_pilot_says_what_its_groups_allow(asked: Planning) -> None:
    few = asked.of_pilot(from_frame(frame(np.arange(ITEMS) % 9)), METRIC, "none")
    last = render_plan(few).splitlines()[-1]
    assert "there are 9 groups, and it takes at least 10; verdicts and plans hold for new seeds on these" in last
    assert few.to_json()["warnings"] == [last.removeprefix("  pilot: ")]
    assert "lie in 40 groups of 15" in render_plan(asked.of_pilot(from_frame(frame()), METRIC, "none"))
    plain = asked.of_pilot(from_frame(frame(None)), METRIC, "none")
    assert plain.to_json()["warnings"] == [] and "pilot: " not in render_plan(plain)
