"""Sentences: what they must say, and what they must never say."""

import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.methods.failure_rates import Divergence
from analysis.methods.verdict import VERDICTS
from analysis.tables.table import from_frame
from analysis.wording.differences import amount
from analysis.wording.failures import failure
from analysis.wording.number_format import (
    decimals,
    digits,
    exact,
    inner_level,
    level,
    margin_text,
    p_value,
    probability,
)
from analysis.wording.sentences import headline, sentences
from analysis.wording.terminal import render


def answer(differences, metric="test_accuracy", margin=0.01, total=10_000, **extra):
    """A comparison whose control is steady and whose differences are as given, in steps of 1 / total."""
    n = len(differences)
    control = total * 8 // 10 + np.arange(n)
    frame = pd.DataFrame(
        {
            "condition": ["none"] * n + ["book"] * n,
            "seed": [*range(n), *range(n)],
            "test_correct": [*control, *(control + np.asarray(differences))],
            "test_total": total,
            **extra,
        }
    )
    return compare(from_frame(frame), metric, "none", margin=margin)


def answer_frame(loss):
    n = len(loss) // 2
    return pd.DataFrame({"condition": ["none"] * n + ["book"] * n, "seed": [*range(n), *range(n)], "test_loss": loss})


def said(result):
    return " ".join(sentences(result.effects["book"], result.divergence))


SPREAD = np.array([-12, 5, 9, -7, 3, -4, 8, -2, 1, -1])
BY_VERDICT = {
    "superior": (SPREAD + 200, "Higher, by more than the margin of 1 point: “book” changed test_accuracy by"),
    "positive_but_negligible": (SPREAD + 40, "Higher, by less than the margin of 1 point: “book” changed"),
    "positive_magnitude_unclear": (SPREAD * 10 + 120, "Higher, perhaps by less than the margin of 1 point: “book”"),
    "equivalent": (SPREAD + 1, "Equivalent to within 1 point: “book” changed test_accuracy by"),
    "inconclusive": (SPREAD * 50, "Undecided: “book” changed test_accuracy by"),
    "negative_magnitude_unclear": (SPREAD * 10 - 120, "Lower, perhaps by less than the margin of 1 point: “book”"),
    "negative_but_negligible": (SPREAD - 40, "Lower, by less than the margin of 1 point: “book” changed"),
    "inferior": (SPREAD - 200, "Lower, by more than the margin of 1 point: “book” changed test_accuracy by"),
    "cannot_test": (SPREAD[:2] + 30, "(2 seeds). 2 seeds are too few for a verdict; their 95% t interval is -0.82 to"),
}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_has_its_sentence(verdict):
    differences, words = BY_VERDICT[verdict]
    result = answer(differences)
    effect = result.effects["book"]
    assert effect.headline.verdict == verdict
    text = said(result)
    assert words in text
    assert f"{amount(effect.headline.estimate, 'test_accuracy')}" in text
    assert f"{len(differences)} seeds" in text
    assert "95% CI" in text or "interval" in text
    inner = f"; 90% CI {100 * effect.headline.low_90:+.2f} to" if effect.headline.low_90 is not None else "90%"
    assert (inner in text) == (verdict == "equivalent" or verdict.endswith("negligible"))
    assert "no difference" not in render(result).lower()
    assert "significant" not in render(result).lower()


def test_numbers_in_the_sentence_are_those_of_the_object():
    result = answer(SPREAD + 200)
    effect = result.effects["book"]
    low, high = 100 * effect.typical_low_simultaneous, 100 * effect.typical_high_simultaneous
    assert headline(effect) == (
        "Higher, by more than the margin of 1 point: “book” changed test_accuracy by +2.00 points against “none” "
        f"(95% CI {low:+.2f} to {high:+.2f}; 10 seeds; p = {effect.p_typical_adjusted:.4f})."
    )


def test_without_a_margin_there_is_no_word_of_size():
    text = headline(answer(SPREAD + 40, margin=None).effects["book"])
    assert text.startswith("Higher: “book” changed test_accuracy by +0.41 points against “none”")


def test_where_the_mean_leads_the_sentence_says_what_its_interval_assumes():
    effect = answer(SPREAD[:5] + 200).effects["book"]
    low, high = 100 * effect.mean_low_simultaneous, 100 * effect.mean_high_simultaneous
    assert f"{100 * effect.mean_difference:+.2f} points against" in headline(effect)
    assert f"(95% CI {low:+.2f} to {high:+.2f}, assuming normal differences" in headline(effect)
    assert "assuming" not in headline(answer(SPREAD + 200).effects["book"])


def test_two_seeds_have_a_wide_interval_and_no_words_of_significance():
    result = answer(np.array([200, 203]))
    text = said(result)
    assert "2 seeds are too few for a verdict; their 95% t interval is +1.82 to +2.21 points." in text
    for word in ("better", "worse", "p =", "p <", "equivalent", "McNemar", "significan"):
        assert word not in text
    assert "< 0.0" not in render(result)
    assert text.count("“none”") == 2, "once as the control, once with its failures"


def test_one_seed_gives_values_only():
    text = said(answer([200]))
    assert "+2.00 points" in text
    assert "One seed says nothing about other seeds" in text
    assert "interval" not in text


def test_no_variation_is_told():
    text = said(answer([20] * 8))
    assert "The difference is the same at all 8 seeds: the seed may not be applied." in text
    text = said(answer([0] * 8))
    assert "The difference is the same at all 8 seeds: the condition may not be applied." in text


def test_no_pair_at_all():
    frame = pd.DataFrame({"condition": ["none", "book"], "seed": [0, 1], "x": [1.0, 2.0]})
    result = compare(from_frame(frame), "x", "none")
    assert "there is no seed at which both trained and have a value of x" in said(result)
    assert render(result)


def test_failures_come_with_limits():
    text = said(answer(SPREAD))
    assert "“book” 0 of 10 (up to 31%); “none” 0 of 10 (up to 31%)" in text
    status = ["diverged"] * 2 + ["ok"] * 8 + ["ok"] * 10
    assert "“none” 2 of 10 (2.5% to 56%)" in said(answer(SPREAD, status=status))
    few = answer(SPREAD[:5], status=["diverged"] * 2 + ["ok"] * 8)
    assert "given that both trained (2 of 5 pairs left out)" in said(few)
    assert "; 10 seeds; p = 1.000). Diverged" in said(answer(SPREAD, status=status)), "every pair is in it"
    everyone = Divergence(condition="a", n=10, n_diverged=10, rate=1.0, rate_low=0.6915, rate_high=1.0)
    assert failure(everyone) == "“a” 10 of 10 (at least 69%)"
    none = Divergence(condition="a", n=12_500, n_diverged=0, rate=0.0, rate_low=0.0, rate_high=0.000295)
    assert failure(none) == "“a” 0 of 12500 (up to 0.03%)"


def test_the_text_says_once_that_nothing_diverged_and_repeats_no_limits():
    quiet = render(answer(SPREAD, status=["ok"] * 20))
    assert quiet.count("No trial diverged: 0 of 10 in each condition (exact limits: up to 31%).") == 1
    assert "Diverged" not in quiet
    broken = render(answer(SPREAD, status=["diverged"] + ["ok"] * 19))
    assert "No trial diverged" not in broken
    assert "Diverged (exact 95% limits): “book” 0 of 10 (up to 31%); “none” 1 of 10" in broken


def test_the_text_does_not_say_that_nothing_diverged_where_collapses_are_not_known():
    text = render(answer(SPREAD))
    assert "No trial diverged" not in text
    assert "whether a run collapsed to chance is not known" in text


def several(*differences: list[int], margin: float | None) -> str:
    rows = [("none", seed, 0.85) for seed in range(10)]
    rows += [(f"c{k}", seed, 0.85 + d / 1e4) for k, own in enumerate(differences) for seed, d in enumerate(own)]
    table = from_frame(pd.DataFrame(rows, columns=["condition", "seed", "accuracy"]))
    return render(compare(table, "accuracy", "none", margin=margin))


def test_the_text_begins_with_the_answer_and_repeats_no_row_of_the_table_as_a_sentence():
    clear, open_, same = (SPREAD + 250).tolist(), (SPREAD * 50).tolist(), (SPREAD + 1).tolist()
    text = several(clear, open_, same, margin=0.01)
    assert text.split("\n\n")[1].startswith("1 of 3 conditions differs from “none” in accuracy (10 seeds): “c0” +2.5")
    assert [each for each in text.split("\n\n") if " changed accuracy by " in each] == [
        each
        for each in text.split("\n\n")
        if each.startswith("Equivalent to within 1 point: “c2”") and "90% CI" in each
    ]
    assert "no margin was given" not in text


def test_what_is_so_for_each_condition_is_said_once():
    text = several((SPREAD + 250).tolist(), (SPREAD * 50).tolist(), margin=None)
    assert text.count("no margin was given") == text.count("  - each condition: no margin was given") == 1


def test_a_condition_meant_to_stay_at_chance_is_not_tested_in_words():
    flags = [False] * 10 + [True] * 10
    text = said(answer(SPREAD - 7000, stays_at_chance=flags))
    assert text.startswith("Negative control, not tested: “book” changed test_accuracy by -70.00 points")
    assert "Diverged" not in text


def test_conflict_with_intention_to_train_is_told():
    differences = np.where(np.arange(5) == 3, -7000, SPREAD[:5] + 200)
    text = said(answer(differences, status=["diverged" if i == 8 else "ok" for i in range(10)]))
    assert text.startswith("Undecided: ")
    assert "Given that both trained the verdict is 'superior'" in text


def test_where_lower_is_better_the_words_follow_benefit():
    extra = {"train_correct": [9000] * 20, "train_total": [10_000] * 20}
    result = answer(SPREAD + 200, metric="generalisation_gap", **extra)
    assert result.effects["book"].mean_difference < 0
    assert "Lower, by more than the margin of 1 point: “book” changed generalisation_gap by -2.00" in said(result)


@pytest.mark.parametrize(
    ("values", "significant", "count"),
    [
        ([-0.0788, -0.10523, -0.05635], 4, 4), ([1234.5, 0.001], 4, 0), ([0.2, 0.125], 4, 3), ([0.5, 1.5], 4, 1),
        ([0.0], 4, 0), ([], 4, 0), ([math.inf, 0.25], 4, 2), ([3e-9], 4, 9),
    ],
)  # fmt: skip
def test_numbers_without_a_unit_line_up_with_the_largest_of_them(values, significant, count):
    assert decimals(values, significant) == count


def test_an_estimate_and_its_interval_have_the_same_decimals():
    """An end of -0.05635 beside one of -0.10523 is told with as many."""
    loss = [*[0.5] * 10, *(0.42 + 0.08 * np.sin(np.arange(10)))]
    found = compare(from_frame(answer_frame(loss)), "test_loss", "none").effects["book"]
    told = re.findall(r"[+-]\d+\.(\d+)", headline(found))
    assert [len(each) for each in told] == [4, 4, 4]
    assert abs(found.headline.low) > 0.1 > abs(found.headline.high)


@pytest.mark.parametrize(
    ("value", "metric", "expected"),
    [
        (0.0123, "test_accuracy", "+1.23 points"), (-0.0004, "generalisation_gap", "-0.04 points"),
        (0.00001, "test_accuracy", "+0.001 points"), (0.0, "test_accuracy", "+0.00 points"),
        (0.0123, "test_loss", "+0.0123"), (-1.5, "train_seconds", "-1.5 s"), (0.02, "loss_gap", "+0.02"),
    ],
)  # fmt: skip
def test_amounts(value, metric, expected):
    assert amount(value, metric) == expected


def test_p_values_are_never_zero():
    assert p_value(1e-300) == "p < 0.001"
    assert p_value(0.00123) == "p = 0.0012"
    assert p_value(0.04999) == "p = 0.050"
    assert [probability(p) for p in (None, 0.00099, 0.001, 0.0326, 1.0)] == ["–", "< 0.001", "0.0010", "0.033", "1.000"]


def test_the_text_lists_what_was_left_out_and_what_to_know():
    result = answer(SPREAD, status=["failed"] + ["ok"] * 19)
    text = render(result)
    assert "none: 1 trial (seeds 0)" not in text
    assert "none: 1 trial (seed 0): failed" in text
    assert "Know before you believe this" in text


@pytest.mark.parametrize(
    ("values", "margin", "count"),
    [
        ([0.3, 0.5], None, 2), ([0.003, 0.53], 0.1, 3), ([-0.0004], None, 4), ([0.0], 0.1, 2),
        ([0.1004], 0.1, 4), ([0.0996], 0.1, 4), ([-0.1004], 0.1, 4), ([0.125], 0.125, 3), ([0.12], 0.125, 2),
    ],
)  # fmt: skip
def test_a_printed_number_lies_on_its_true_side_of_zero_and_of_the_margin(values, margin, count):
    assert digits(values, margin, 2) == count
    for value in values:
        for mark in (0, margin or 0, -(margin or 0)):
            assert np.sign(float(f"{value:.{count}f}") - mark) == np.sign(value - mark)


def test_significant_digits_grow_too():
    assert f"{0.100004:.{digits([0.100004], 0.1, 4, 'g')}g}" == "0.100004"


def test_a_margin_is_told_exactly_and_without_noise():
    assert margin_text(100 * 0.00125) == "0.125"
    assert margin_text(100 * 0.0013) == "0.13"
    assert exact(0.1 + 0.2) == 0.3
    assert (level(0.05), inner_level(0.05), inner_level(0.6)) == ("95%", "90%", None)


def test_rounding_contradicts_no_verdict():
    effect = answer(SPREAD + 40, margin=0.00125).effects["book"]
    close = replace(effect.headline, low=0.00003, high=0.0053, verdict="positive_but_negligible")
    told = headline(replace(effect, headline=close))
    assert "+0.003 to +0.530" in told
    assert "less than the margin of 0.125 points" in told
    told = headline(replace(effect, margin=0.001, headline=replace(close, low=0.001004, verdict="superior")))
    assert "by more than the margin of 0.1 points: “book”" in told
    assert "(95% CI +0.1004 to +0.5300" in told


def three_arms(lost, n=10):
    """Two conditions against a control; the second one lacks the first `lost` seeds."""
    rows = [
        (label, seed, 8000 + seed + gain + int(SPREAD[seed]) * (label != "none"))
        for label, gain in (("none", 0), ("book", 200), ("rare", 100))
        for seed in range(n)
        if label != "rare" or seed >= lost
    ]
    frame = pd.DataFrame(rows, columns=["condition", "seed", "test_correct"]).assign(test_total=10_000)
    return compare(from_frame(frame), "test_accuracy", "none", margin=0.001)


@pytest.mark.parametrize("lost", [3, 5, 8])
def test_what_one_condition_lacks_changes_no_word_of_another(lost):
    whole, short = three_arms(lost=0), three_arms(lost)
    assert headline(short.effects["book"]) == headline(whole.effects["book"])
    said_of = {
        3: "7 seeds; p = 0.031)",
        5: "With 2 conditions the typical difference needs 7 pairs",
        8: "2 seeds are too few",
    }
    assert said_of[lost] in headline(short.effects["rare"])


def test_a_loss_that_diverged_has_no_limit_and_the_sentence_says_so():
    frame = pd.DataFrame(
        {
            "condition": ["none"] * 8 + ["book"] * 8, "seed": [*range(8)] * 2, "test_loss": [0.4, 0.41, 0.42, 0.4] * 4,
            "status": ["ok"] * 8 + ["diverged"] * 2 + ["ok"] * 6,
        }
    )  # fmt: skip
    frame.loc[8:, "test_loss"] += 0.01 * np.arange(8)
    few = compare(from_frame(frame), "test_loss", "none").effects["book"]
    assert few.headline.high is None
    assert f"(95% CI {few.headline.low:+.4g} or more, no upper limit; 8 seeds" in headline(few)
    assert f"{few.headline.low:+.5g} or more" in render(compare(from_frame(frame), "test_loss", "none"))
    frame.loc[8:14, "status"] = "diverged"
    most = compare(from_frame(frame), "test_loss", "none").effects["book"]
    assert most.headline.estimate is None
    assert most.headline.verdict == "inferior"
    assert "Higher: “book” changed test_loss by an amount without limit" in headline(most)
    assert headline(most).endswith(" Runs that diverged count as worse than all others.")


def test_where_no_pair_is_left_the_failures_lead():
    for n, limits, then in ((10, "69%); “none” 0 of 10 (up to 31%)", "10 seeds"), (4, "40%", "cannot be compared")):
        result = answer(SPREAD[:n], status=["ok"] * n + ["diverged"] * n)
        first, second = sentences(result.effects["book"], result.divergence, only_failures=True)
        assert f"“book” {n} of {n} (at least {limits}" in first
        assert then in second
        assert "pairs left out" not in first + second


def test_failures_are_told_where_an_arm_has_any():
    quiet, broken = answer(SPREAD), answer(SPREAD, status=["diverged"] + ["ok"] * 19)
    assert len(sentences(quiet.effects["book"], quiet.divergence, only_failures=True)) == 1
    first, second = sentences(broken.effects["book"], broken.divergence, only_failures=True)
    assert "; 10 seeds" in first
    assert "“none” 1 of 10" in second


def test_means_in_the_table_are_those_of_the_complete_pairs():
    result = answer(SPREAD + 200, status=["diverged"] * 3 + ["ok"] * 17)
    book = result.effects["book"]
    assert len(book.pairs) == 7
    row = next(line for line in render(result).splitlines() if line.startswith("book")).split()
    for place, arm in ((2, "condition"), (3, "control")):
        assert float(row[place]) == pytest.approx(100 * np.mean([getattr(each, arm) for each in book.pairs]), abs=6e-4)
    assert float(row[4]) == pytest.approx(100 * book.typical_difference, abs=6e-4)


def test_runs_that_trained_and_lack_the_metric_are_not_said_to_lack():
    """As after an import in which a metric has two names: every run trained, and no seed has both values."""
    rows = [(label, seed, 1.0 if label == "none" else None) for label in ("none", "book") for seed in range(3)]
    frame = pd.DataFrame(rows, columns=["condition", "seed", "x"]).assign(status="ok", y=2.0)
    result = compare(from_frame(frame), "x", "none")
    assert "there is no seed at which both trained and have a value of x" in said(result)
    assert [(each.condition, each.reason) for each in result.dropped if "partner" in each.reason] == [
        ("none", "no partner: 'book' has no x at this seed")
    ]
