"""One run a condition: where the images are known it is judged over them, and nothing speaks of other seeds."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import analysis
from analysis.answer.compare import compare
from analysis.answer.comparison import Comparison
from analysis.base.errors import TableError
from analysis.figures import forest, theme
from analysis.figures.evidence import Broken, Evidence, Setting
from analysis.figures.plot import drawn
from analysis.methods.over_items import over_items
from analysis.report import latex, markdown
from analysis.report.answer_grid import answer_grid
from analysis.report.comparison_grid import comparison_grid
from analysis.tables.plan import Plan, PlannedAnalysis, PlannedTrial
from analysis.tables.table import from_frame
from analysis.wording.answers import answer
from analysis.wording.paper import checklist, interval_kind
from analysis.wording.sentences import headline
from analysis.wording.terminal import render

METRIC, IMAGES = "test_accuracy", 2_000
ACCURACY = {"none": 0.70, "half": 0.708, "book": 0.76}
REACH = "for these two trained networks, on new images of this kind; other seeds are not covered"


def frame(seeds: int = 1, groups: np.ndarray | None = None, **more: object) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    ease = rng.random(IMAGES)
    rows = []
    for seed in range(seeds):
        for label, rate in ACCURACY.items():
            right = 0.8 * ease + 0.2 * rng.random(IMAGES) < rate
            bits = np.packbits(right).tobytes()
            rows.append({"condition": label, "seed": seed, "test_correct": int(right.sum()), "test_bits": bits})
    found = pd.DataFrame(rows).assign(test_total=IMAGES, status="ok", classes=10, engine="stacked", **more)
    return found if groups is None else found.assign(test_groups=[groups] * len(found))


def whole(rows: pd.DataFrame | None = None, metric: str = METRIC, **asked: object) -> Comparison:
    return compare(from_frame(frame() if rows is None else rows), metric, "none", margin=0.01, **asked)


def only(label: str, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["condition"].isin(["none", label])]


def test_the_headline_is_of_items_and_has_no_verdict() -> None:
    for each in whole().effects.values():
        told = each.headline
        assert (told.scope, told.estimand, told.verdict, told.reason) == ("items", "mean", None, "one run a condition")
        assert told.estimate == each.items_difference == pytest.approx(each.mean_difference, abs=1e-12)
        assert (told.low, told.high, told.p) == (each.items_low, each.items_high, each.p_items)
        assert (told.low_90, told.high_90, told.interval) == (None, None, "simultaneous")
        assert each.verdict == "cannot_test"
        assert each.n_items == IMAGES and each.n_item_groups is None


def test_intervals_and_p_are_those_of_the_counts() -> None:
    rows = frame()
    cells = zip(rows["condition"], rows["test_bits"], strict=True)
    bits = {label: np.unpackbits(np.frombuffer(cell, np.uint8)) for label, cell in cells}
    for label, each in whole(rows).effects.items():
        gained = int((bits[label] > bits["none"]).sum())
        lost = int((bits[label] < bits["none"]).sum())
        z = abs(gained - lost) / (gained + lost) ** 0.5
        assert each.p_items == pytest.approx(min(1.0, 2 * 2 * NormalDist().cdf(-z)), rel=1e-9)
        assert each.items_difference == (gained - lost) / IMAGES


def test_a_gap_is_the_difference_in_training_accuracy_less_that_of_the_images() -> None:
    rows = frame(train_total=1_000)
    rows["train_correct"] = rows["condition"].map({"none": 900, "half": 880, "book": 930})
    gaps, tests = whole(rows, "generalisation_gap").effects, whole(rows).effects
    for label, trained in (("half", -0.02), ("book", 0.03)):
        gap, test = gaps[label], tests[label]
        assert gap.items_difference == pytest.approx(trained - test.items_difference, abs=1e-12)
        assert gap.items_low == pytest.approx(trained - test.items_high, abs=1e-12)
        assert gap.items_high == pytest.approx(trained - test.items_low, abs=1e-12)
        assert gap.p_mcnemar_items is None and test.p_mcnemar_items is not None
        assert (gap.items_low > 0 or gap.items_high < 0) == (gap.p_items <= 0.05)


def test_without_the_images_one_seed_says_nothing_as_ever() -> None:
    each = whole(frame().drop(columns="test_bits")).effects["book"]
    assert (each.headline.scope, each.headline.verdict, each.items_difference) == ("seeds", "cannot_test", None)
    assert headline(each).endswith("(1 seed). One seed says nothing about other seeds.")


@pytest.mark.slow
def test_a_study_of_several_seeds_is_not_judged_by_one_of_them() -> None:
    """One pair so far, or one condition with a single run: its items are given, and the headline is of seeds."""
    rows = frame(8)
    few = rows[(rows["condition"] != "book") | (rows["seed"] == 0)]
    found = whole(few).effects
    assert (found["book"].headline.estimand, found["book"].headline.verdict) == ("typical", "cannot_test")
    assert found["book"].items_difference is not None
    assert found["half"].headline == whole(rows[rows["condition"] != "none-such"]).effects["half"].headline
    begun = from_frame(frame())
    trials = tuple(PlannedTrial(f"{label}{seed}", label, seed, "", "") for label in ACCURACY for seed in range(10))
    planned = replace(begun, plan=Plan("made", (), trials, PlannedAnalysis("none", METRIC), {}))
    assert compare(planned, METRIC, "none").effects["book"].headline.verdict == "cannot_test"


def test_a_negative_control_stays_outside() -> None:
    rows = frame()
    rows["stays_at_chance"] = rows["condition"] == "half"
    found = whole(rows).effects
    assert found["half"].items_difference is None and found["half"].headline.scope == "seeds"
    assert found["book"].items_low == whole(only("book", frame())).effects["book"].items_low


def test_a_run_that_diverged_is_no_pair() -> None:
    rows = frame()
    rows.loc[rows["condition"] == "book", "status"] = "diverged"
    found = whole(rows)
    assert found.effects["book"].items_difference is None
    assert found.effects["half"].headline.scope == "items"
    assert "1 has no pair in which both trained" in answer(found)
    assert "book" in render(found)


def test_sentences_give_the_number_of_images_and_whom_they_speak_of() -> None:
    one = whole(only("book", frame()))
    each = one.effects["book"]
    low, high, by = (100 * end for end in (each.items_low, each.items_high, each.items_difference))
    assert headline(each) == (
        f"One run of each: “book” changed test_accuracy by {by:+.2f} points against “none” (95% CI {low:+.2f} to "
        f"{high:+.2f}; 2,000 images; p < 0.001): {REACH}."
    )
    assert headline(each, example="example").count("2,000 examples") == 1
    assert answer(one).startswith("One run of each: “book” changed test accuracy by")
    assert "Other seeds are not covered." in answer(whole())
    assert answer(whole()).startswith("One run of each, 2,000 images: 1 of 2 trained networks differs from “none” in")
    assert "; the other is not shown to (" in answer(whole())


def evidence(found: Comparison) -> Evidence:
    settings = tuple(Setting(label, (0.0,), label == "none", False) for label in ACCURACY)
    nothing = {each.label: Broken(each.label, 1, 0, 0, 0, 0) for each in settings}
    return Evidence(settings, (), None, {}, nothing, {METRIC: found})


def test_all_that_is_made_carries_the_interval_and_no_verdict() -> None:
    found = whole()
    known, text = evidence(found), render(found)
    grid = comparison_grid(found, known)
    assert "Intervals hold for all conditions at once, for these trained networks, on new images of this kind" in text
    assert "Intervals and verdicts" not in text + grid.caption
    assert "for these trained networks, on new images of this kind; other seeds are not covered" in grid.caption
    assert "of one run each, on the same 2,000 images" in grid.caption
    with theme.applied("test"):
        drawn_ = [each.get_text() for each in drawn(forest.PLOT, known, theme.WIDE).findobj(Text)]
    for row, each in zip(grid.rows, found.effects.values(), strict=True):
        low, high = 100 * each.items_low, 100 * each.items_high
        ends = f"{low:+.2f} to {high:+.2f}".replace("-", "−")
        assert (row[1], row[3]) == ("one run", ends)
        assert f"| one run | {row[2]} | {ends} |" in markdown.table(grid)
        assert f"one run & {latex.escaped(row[2])} & {latex.escaped(ends)} &" in latex.table(grid)
        assert any(ends.replace(" to ", ", ") in said for said in drawn_)
        (line,) = (line for line in text.splitlines() if line.startswith(f"{each.condition} "))
        assert f"{low:+.3f} to {high:+.3f}" in line and line.endswith("one run")
    assert [row[1] for row in answer_grid(found, known).rows] == ["control", "one run", "one run"]
    assert "90%" not in forest.caption(known)
    framed = analysis.compare(frame(), METRIC, "none").to_frame()
    assert {"items_difference", "items_low", "items_high", "p_items", "headline_scope"} <= set(framed.columns)


def test_groups_count_alike_and_few_give_no_interval() -> None:
    rng = np.random.default_rng(1)
    groups = np.sort(rng.integers(0, 25, IMAGES)) * 3
    found = whole(frame(groups=groups))
    each = found.effects["book"]
    bits = [np.unpackbits(np.frombuffer(frame().set_index("condition").loc[label, "test_bits"], np.uint8)).astype(int)
            for label in ("book", "none")]  # fmt: skip
    means = pd.Series(bits[0] - bits[1]).groupby(groups).mean()
    assert each.items_difference == pytest.approx(means.mean(), rel=1e-12)
    assert (each.n_items, each.n_item_groups, each.p_mcnemar_items) == (IMAGES, 25, None)
    assert "2,000 images in 25 groups, each counting the same" in answer(found)
    few = whole(frame(groups=groups // 15))
    told = few.effects["book"].headline
    assert (told.scope, told.low, told.high, told.p, told.interval) == ("item_groups", None, None, None, None)
    assert told.reason == "one run a condition, and 5 groups of items: an interval needs at least 10"
    assert (
        "(2,000 images in 5 groups, each counting the same; no interval from fewer than 10 groups). Other seeds"
        in headline(few.effects["book"])
    )
    assert "; no interval from fewer than 10 groups. Other seeds are not covered." in answer(few)
    assert any("5 groups of items: an interval needs at least 10; items_low" in each for each in few.warnings)
    assert "95% CI" not in render(few)


def test_one_run_in_groups_is_of_new_groups_by_t_and_one_without_of_new_images_by_tango() -> None:
    grouped, plain = whole(frame(groups=np.arange(IMAGES) % 25)), whole()
    assert {each.headline.scope for each in grouped.effects.values()} == {"item_groups"}
    reach = "for these trained networks, on new groups of images of this kind; other seeds are not covered."
    said = answer(whole(only("book", frame(groups=np.arange(IMAGES) % 25))))
    assert "for these two trained networks, on new groups of images of this kind; other seeds are not covered." in said
    assert "on new groups of images of this kind" in answer(grouped)
    assert f"Intervals hold for all conditions at once, {reach}" in render(grouped)
    assert interval_kind(grouped.effects["book"], grouped) == (
        f"The CI is of the mean over groups, each counting the same, simultaneous over 2 conditions, {reach}"
    )
    for found, how in (
        (grouped, "they are t intervals over the means of groups of test images. The CI is of the mean over groups"),
        (plain, "they are Tango's score intervals over test images. The CI is of the difference of one run each"),
    ):
        listed = checklist(found, 3, None, [])
        assert "paired by seed (1 seed)." in listed
        assert f"not standard deviations or standard errors; {how}" in listed


def test_groups_of_unlike_size_are_told_apart_from_examples_that_count_the_same() -> None:
    """One large group in which book gains, and 20 small ones in which it loses."""
    groups = np.repeat(np.arange(21), [IMAGES - 60, *[3] * 20])
    right = {"none": np.arange(IMAGES) % 2 == 0, "book": np.arange(IMAGES) % 3 > 0}
    right["none"][-60:] = np.arange(60) % 4 > 0
    right["book"][-60:] = False
    rows = [
        {"condition": label, "seed": 0, "test_total": IMAGES, "test_correct": int(each.sum()),
         "test_bits": np.packbits(each).tobytes(), "test_groups": groups}
        for label, each in right.items()
    ]  # fmt: skip
    found = whole(pd.DataFrame(rows))
    book, gains = found.effects["book"], right["book"].astype(int) - right["none"].astype(int)
    of_groups = f"{100 * pd.Series(gains).groupby(groups).mean().mean():+.2f} points"
    of_images = f"{100 * gains.mean():+.2f} points"
    assert of_groups.startswith("-") and of_images.startswith("+")
    said = headline(book, example="image")
    assert f"changed {METRIC} by {of_groups} against “none” on average over groups (" in said
    assert said.endswith(f" With each image counting the same the difference is {of_images}, and it has no interval.")
    assert f"Both means count each {found.example} the same." in render(found)
    assert f"Both means count each {found.example} the same." in comparison_grid(found, evidence(found)).caption
    assert (
        f"book: groups of items are of unlike size: the difference is {of_groups} with each group counting the same, "
        f"and {of_images} with each item"
    ) in found.warnings
    alike = whole(frame(groups=np.arange(IMAGES) % 20))
    assert "With each image" not in headline(alike.effects["book"], example="image")
    assert not [each for each in alike.warnings if "unlike size" in each]


def test_groups_may_be_bytes_and_faults_are_named() -> None:
    groups = np.arange(IMAGES) % 20
    listed, packed = whole(frame(groups=groups)), whole(frame(groups=groups.astype("<i8").tobytes()))
    assert listed.effects["book"].items_low == packed.effects["book"].items_low is not None
    rows = frame(groups=groups)
    for wrong, said in (
        (groups[:-1], "row 2: test_groups is no whole number for each of 2000 images"),
        (groups + 0.5, "row 2: test_groups is no whole number for each of 2000 images"),
        (groups + 1, "row 2: test_groups differs from that of row 1; allowed: the same groups in all rows"),
    ):
        cells = [list(groups), list(wrong), list(groups)]
        with pytest.raises(TableError, match=said.split(";")[0]):
            whole(rows.assign(test_groups=pd.Series(cells, dtype=object)))


@pytest.mark.parametrize(
    ("gained", "lost", "size", "parted"), [(5, 0, 1, True), (6, 0, 1, False), (6, 0, 2, True), (20, 3, 2, False)]
)
def test_where_the_exact_test_does_not_agree_that_is_said(gained: int, lost: int, size: int, parted: bool) -> None:
    """Of 6 items that all favour one network the exact p is 2/64: below 0.05, but not with 2 conditions."""
    gains = np.repeat(np.array([1, -1, 0], np.int8), [gained, lost, 100 - gained - lost])
    found = over_items(gains, None, None, (0.05, size))
    assert found.result.items_low > 0
    said = f"{gained + lost} items tell the two networks apart"
    assert [said in text for text in found.warnings] == [True] * parted
    if parted:
        assert f"(p = {size * 2 * 0.5**gained:.3g})" in found.warnings[0]


def test_nothing_is_said_of_a_margin_where_there_is_no_verdict() -> None:
    found = compare(from_frame(frame(1)), "test_accuracy", "none")
    assert not any("verdicts go by the sign" in text for text in found.warnings)


def test_a_table_of_anybody_has_examples_and_results_of_the_runner_images() -> None:
    for rows, word, other in ((frame(), "image", "example"), (frame().drop(columns="engine"), "example", "image")):
        said = render(whole(rows))
        assert f"new {word}s of this kind" in said
        assert other not in said
