"""The sections behind the answer (how sure, how to be surer, the best rate): each says what the object says."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import replace

import pytest
from scipy import stats

from analysis.answer.out_of_reach import report_design
from analysis.answer.sample_size import of_condition
from analysis.methods.power import Design, upper_sd
from analysis.methods.resampling import Resampled
from analysis.methods.selection import Selection
from analysis.report.document import Grid, Illustration, Listing, Paragraph
from analysis.report.gather import gather
from analysis.report.sections import (
    answer,
    best_rate,
    fewer_seeds,
    reduce_uncertainty,
    seed_differences,
    seeds_and_images,
    self_check,
    spread,
)
from analysis.report.typical_grid import mean_words
from analysis.wording.units import MINUS, unit_of
from tests.unit.analysis.results import effect, with_whole

pytestmark = pytest.mark.slow

LABELS = ("none", "book", "all-dropped", "dropout-0.1", "dropout-0.3")
UNIT = unit_of("test_accuracy")


@pytest.fixture(scope="module")
def material(report):
    return gather(report(labels=LABELS, seeds=8).folder)


def made(section, material, **changed):
    """Return a section, its primary comparison object changed as given."""
    (pool,) = material.pools
    if "effects" in changed:
        changed |= {"effects": {each.condition: each for each in changed["effects"]}}
    return section.section(material, dataclasses.replace(pool, evidence=with_whole(pool.evidence, **changed)))


def grid(found, name):
    (only,) = [each for each in found.blocks if isinstance(each, Grid) and each.name == name]
    return only, {row[0]: row for row in only.rows}


def said(found):
    words = [each.text for each in found.blocks if isinstance(each, Paragraph)]
    return " ".join([*words, *(item.text for each in found.blocks if isinstance(each, Listing) for item in each.items)])


def figures(found):
    return [each.plot.name for each in found.blocks if isinstance(each, Illustration)]


def judged(material):
    return material.pools[0].primary.judged


def test_surer_tells_standard_errors_and_plans_of_the_object(material):
    found = made(reduce_uncertainty, material)
    _, rows = grid(found, "surer")
    assert list(rows) == [each.condition for each in judged(material)]
    assert figures(found) == ["floor-meter", "power"]
    for each in judged(material):
        row = rows[each.condition]
        numbers = [f"{100 * error:.3f}" for error in (each.standard_error, each.se_crossed, each.test_set_floor)]
        assert list(row[3:6]) == numbers
        least = of_condition(each, report_design(each, 3), None, each.n_typical).detectable_difference
        assert row[7] == f"{100 * least:.2f}"
        z = 2.638 + 0.842  # of alpha / 6 and of 80% power
        if z * each.test_set_floor >= 0.001:
            assert row[8].endswith(" test images")
            assert row[1] == "test images"
            continue
        half_width = (each.typical_high - each.typical_low) / 2
        sd = half_width / stats.t.isf(0.025, 7) * math.sqrt(8 * 3 / math.pi)
        design = Design(sd, 0.05, 0.8, 3, each.test_set_floor, "typical")
        high = upper_sd(sd, each.n_typical)
        most = dataclasses.replace(design, sd=high).seeds(0.001)
        assert row[8] == f"{design.seeds(0.001):,} (at most {most:,}) seeds"


def test_surer_says_in_words_what_to_buy(material):
    entries = judged(material)
    told = [
        dataclasses.replace(each, surer_by=what) for each, what in zip(entries, ("seeds", "images", None), strict=True)
    ]
    words = said(made(reduce_uncertainty, material, effects=told))
    names, error = [each.condition for each in entries], "the standard error of the mean difference"
    assert f"4 times the seeds would reduce {error} more than 4 times the test images for “{names[0]}”." in words
    assert f"4 times the test images would reduce {error} more than 4 times the seeds for “{names[1]}”." in words
    assert f"is not known for “{names[2]}”." in words


def test_surer_counts_the_conditions_where_the_same_helps_all(material):
    told = [dataclasses.replace(each, surer_by="seeds") for each in judged(material)]
    assert "4 times the test images for all 3 conditions." in said(made(reduce_uncertainty, material, effects=told))


def test_surer_answers_a_margin_below_the_floor_with_images(material):
    low = [
        dataclasses.replace(each, test_set_floor=0.01, test_set_floor_low=0.009, seeds_to_halve=None)
        for each in judged(material)
    ]
    found = made(reduce_uncertainty, material, effects=low)
    _, rows = grid(found, "surer")
    for row in rows.values():
        assert row[6] == "none does"
        assert row[8].endswith(" test images")
    without, _ = grid(made(reduce_uncertainty, material, margin=None), "surer")
    assert [column.heading for column in without.columns][-1] == "detectable now"


def test_sure_sets_both_scopes_side_by_side(material):
    words = (("superior", "inconclusive"), ("equivalent", "equivalent"), ("inferior", "inferior"))
    entries = [
        dataclasses.replace(
            each, verdict_typical=alone, headline=dataclasses.replace(each.headline, verdict=crossed, low=-0.0321)
        )
        for each, (alone, crossed) in zip(judged(material), words, strict=True)
    ]
    found = made(seeds_and_images, material, effects=entries)
    _, rows = grid(found, "scopes")
    assert [(row[1], row[3]) for row in rows.values()] == [
        ("higher", "undecided"),
        ("equivalent", "equivalent"),
        ("lower", "lower"),
    ]
    low, high = entries[0].headline.low, entries[0].headline.high
    assert rows[entries[0].condition][4] == " to ".join(UNIT.tell_differences([low, high], 0.001))
    assert f"Here “{entries[0].condition}” has another verdict when new test images count too." in said(found)


def test_sure_without_images_has_no_second_scope(material):
    entries = [
        dataclasses.replace(each, headline=dataclasses.replace(each.headline, scope="seeds"))
        for each in judged(material)
    ]
    assert made(seeds_and_images, material, effects=entries) is None


def test_self_check_and_spread_are_tables_of_what_was_found(material):
    evidence = material.pools[0].evidence
    _, checks = grid(made(self_check, material), "self-check")
    for each in evidence.self_check.checks:
        assert checks[each.name][2] == f"{100 * each.achieved:.2f}"
        assert checks[each.name][4] == each.verdict
    shares_of, _ = grid(made(spread, material), "variance")
    assert [each.heading for each in shares_of.columns] == ["condition", "source", "SD", "share"]
    for each in evidence.variance.conditions:
        shares = [row[3] for row in shares_of.rows if row[0] == each.condition]
        split = each.test_set
        if split.lasting_share is not None:
            assert shares == [f"{100 * share:.0f}" for share in (split.lasting_share, split.churn_share)]
    assert {shares_of.rows[index][0] for index in shares_of.quiet} == {"all-dropped"}


def test_that_one_run_can_set_an_end_of_an_interval_is_said_beside_the_answer_where_it_can(material):
    told = "1 bad run alone can set an end of an interval of the typical difference with 8 seeds; from 14 seeds on"
    assert told in said(made(answer, material))
    many = [replace(each, n_typical=14) for each in judged(material)]
    assert "bad run" not in said(made(answer, material, effects=many))


@pytest.mark.parametrize("holds", [True, False])
def test_an_interval_that_misses_too_often_is_told_beside_the_answer(material, holds):
    rate = 0.1 if holds else 0.36
    drawn = (
        Resampled(estimand="mean", n=9, nominal=0.05, limit=0.125, achieved=0.9, holds=False),
        Resampled(estimand="typical", n=9, nominal=0.05, limit=0.125, achieved=rate, holds=holds),
        Resampled(estimand="mean", n=7, nominal=0.05, limit=0.125),
    )
    (pool,) = material.pools
    check = dataclasses.replace(pool.evidence.self_check, resampled=drawn)
    changed = dataclasses.replace(pool, evidence=dataclasses.replace(pool.evidence, self_check=check))
    texts = [each.text for each in answer.section(material, changed).blocks if isinstance(each, Paragraph)]
    told = [text for text in texts if "does not hold on data like these" in text]
    assert len(told) == (0 if holds else 1)
    assert all(
        "of the typical difference" in text and "2,000 studies of 9 resampled seeds" in text and "36%" in text
        for text in told
    )
    _, rows = grid(self_check.section(material, changed), "self-check")
    row = rows["intervals of the typical difference, resampled seeds, any condition"]
    assert row[1:] == ("5", f"{100 * rate:.2f}", "12.50", "holds" if holds else "does not hold")
    assert len([name for name in rows if "resampled" in name]) == 2


def test_sure_tells_how_often_fewer_seeds_would_have_pointed_the_other_way(material):
    shares = ((0.25, 0.125, 0.0, None), (0.4375, 0.5, None, None), (None,) * 4)
    keys = [f"opposite_sign_{size}" for size in (1, 3, 5, 10)]
    told = [
        dataclasses.replace(each, **dict(zip(keys, row, strict=True)))
        for each, row in zip(judged(material), shares, strict=True)
    ]
    found = made(fewer_seeds, material, effects=told)
    first, second, third = (each.condition for each in told)
    early, rows = grid(found, "early")
    assert rows[first] == (first, "8", "25.0", "12.5", "0.0", "–")
    assert rows[second][2:] == ("43.8", "50.0", "–", "–")
    assert rows[third][2:] == ("–",) * 4
    assert [each["opposite_sign_3"] for each in early.data] == [0.125, 0.5, None]
    assert (
        "The mean difference of 1 seed, drawn from these, has the opposite sign to that of all seeds in "
        f"25% (“{first}”) to 44% (“{second}”) of cases; that of 5 seeds in 0% of cases."
    ) in said(found)


def test_sure_sets_typical_seeds_beside_means(material):
    (first, *others) = judged(material)
    first = dataclasses.replace(
        first, mean_difference=0.0121, typical_difference=0.0026, typical_low_simultaneous=0.0001,
        typical_high_simultaneous=0.0056, mean_low_simultaneous=-0.0032, mean_high_simultaneous=0.0274,
        improvement_paired=0.5625, extreme_seed=5, mean_without_extreme=0.0064, variance_share_of_extreme_seed=0.45,
    )  # fmt: skip
    none = {"extreme_seed": None, "mean_without_extreme": None, "variance_share_of_extreme_seed": None}
    told = [first, *(dataclasses.replace(each, **none) for each in others)]
    typical, rows = grid(made(seed_differences, material, effects=told), "typical")
    assert rows[first.condition][1:] == (
        "+0.26", "+0.01 to +0.56", "+1.21", "−0.32 to +2.74", "4.5 of 8", "5", "45", "+0.64"
    )  # fmt: skip
    assert {row[6:] for row in typical.rows[1:]} == {("–", "–", "–")}
    assert typical.data[0]["extreme_seed"] == 5
    assert mean_words(first) == (
        f"“{first.condition}”: mean difference +1.21 points (95% interval over seeds, assuming normal differences: "
        "−0.32 to +2.74); better than “none” at 4.5 of 8 seeds. Without seed 5, the farthest from the others, the mean "
        "would be +0.64 points."
    )
    fragile = mean_words(dataclasses.replace(first, variance_share_of_extreme_seed=0.832))
    assert fragile is not None
    assert fragile.endswith(
        "The mean is fragile: one seed makes 83% of the variance. Without it, seed 5, the mean would be +0.64 points."
    )
    assert [mean_words(dataclasses.replace(first, n_pairs=4)), mean_words(told[1])] == [None, None]


def test_sure_is_silent_on_fewer_seeds_where_no_size_is_known(material):
    told = [dataclasses.replace(each, opposite_sign_1=None) for each in judged(material)]
    assert made(fewer_seeds, material, effects=told) is None


def selected(**changed):
    usual = {
        "n": 8, "chosen_on_validation": "book", "validation_difference_of_chosen": 0.003,
        "test_difference_of_chosen": 0.0021, "crossfit_difference": 0.0012,
        "best_set": ("none", "book"), "optimism": 0.0019,
    }  # fmt: skip
    return Selection(**(usual | changed))


def test_best_rate_tells_the_set_and_three_differences_and_claims_nothing_of_the_naive_one(material):
    words = said(made(best_rate, material, selection=selected()))
    assert "Which condition is best is undecided (n = 8): “none” and “book”" in words
    assert "The control is one of them" in words
    assert "+0.21 points" in words
    assert "+0.12 points" in words
    assert "its difference is +0.31 points, 0.19 points better than cross-fitted" in words


def test_best_rate_of_a_metric_where_lower_is_better_boasts_downwards(material):
    found = selected(crossfit_difference=-0.0012)
    words = said(made(best_rate, material, selection=found, direction="lower"))
    assert f"its difference is {MINUS}0.31 points" in words


def test_best_rate_of_one_that_stands_out_and_of_a_control_that_wins(material):
    alone = said(made(best_rate, material, selection=selected(best_set=("book",))))
    assert "“book” has the best mean, and every other condition is shown to be worse" in alone
    assert "confidence over all of them, for new seeds on this test set (n = " in alone
    assert "“book” is best. Its difference in test accuracy to “none” is" in alone
    behind = said(made(best_rate, material, selection=selected(validation_difference_of_chosen=-0.001)))
    assert "“book” is the best of the others, but not better than the control “none”. Its difference" in behind
    none = said(made(best_rate, material, selection=selected(chosen_on_validation=None)))
    assert "No validation accuracy was measured" in none


def test_where_the_typical_difference_leads_the_best_by_it_and_means_of_another_sign_are_named(material):
    first, second, third = judged(material)
    told = [
        replace(each, mean_difference=mean, headline=replace(each.headline, estimate=typical))
        for each, mean, typical in ((first, 0.01, -0.002), (second, 0.002, 0.004), (third, 0.003, 0.003))
    ]
    words = said(made(best_rate, material, effects=told, selection=selected()))
    assert f"the typical difference, which leads, the best of the others is “{second.condition}”: +0.40 points" in words
    lower = said(made(best_rate, material, effects=told, selection=selected(), direction="lower"))
    assert f"the best of the others is “{first.condition}”: {MINUS}0.20 points" in lower
    other = f"With “{first.condition}” the typical difference, which leads, has another sign than this mean."
    assert other in said(made(fewer_seeds, material, effects=told))
    means = [replace(each, headline=replace(each.headline, estimand="mean")) for each in told]
    assert "which leads" not in said(made(best_rate, material, effects=means, selection=selected()))
    assert "which leads" not in said(made(fewer_seeds, material, effects=means))


def test_best_rate_of_few_seeds_names_no_best_one(material):
    words = said(made(best_rate, material, selection=selected(n=4)))
    assert "too few to say which one is best" in words
    assert "“book”" not in words


def test_a_study_with_only_its_control_has_none_of_these_sections(report):
    alone = gather(report(labels=("none",), seeds=3).folder)
    for each in (seed_differences, fewer_seeds, seeds_and_images, self_check, spread, reduce_uncertainty, best_rate):
        assert each.section(alone, alone.pools[0]) is None


@pytest.mark.parametrize(("estimate", "beyond"), [(0.0065, 0.0035), (-0.0041, 0.0011), (0.001, 0.002)])
@pytest.mark.parametrize("leading", ["mean", "typical"])
def test_where_only_the_size_is_open_seeds_are_for_clearing_the_margin(estimate, beyond, leading):
    """A mean of 9 that does not lead changes nothing; the typical interval is as wide as an SD of 0.004 makes it."""
    reach = stats.t.isf(0.025, 19) * 0.004 * math.sqrt(math.pi / 3 / 20)
    each = effect(
        "book", margin=0.003, n_pairs=20, n_typical=20, mean_difference=estimate if leading == "mean" else 9.0,
        sd_difference=0.004 if leading == "mean" else 9.0, typical_low=-reach, typical_high=reach,
    )  # fmt: skip
    each = replace(each, headline=replace(each.headline, estimand=leading, estimate=estimate))
    seeds = Design(0.004, 0.05, 0.8, 3, estimand=leading).seeds(beyond)
    assert reduce_uncertainty.what_shows_the_size([each], 3, "image") == (
        f"At the spread seen and with as many test images, were the true {leading} difference the one seen, 80% power "
        f"to show on which side of the margin it lies takes {seeds:,} seeds."
    )
    never = replace(each, condition="far", test_set_floor=0.01, test_images=10_000)
    assert f"{seeds:,} seeds; it is out of reach of seeds with as many test images for “far”." in (
        reduce_uncertainty.what_shows_the_size([each, never], 3, "image")
    )
    at_margin = replace(each, headline=replace(each.headline, estimate=0.003))
    assert "the margin it lies is out of reach of seeds" in reduce_uncertainty.what_shows_the_size(
        [at_margin], 3, "image"
    )
