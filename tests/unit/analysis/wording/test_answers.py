"""The answer in one line, and what bad endings show: the numbers of the object, the verdict first."""

from __future__ import annotations

import pytest

from analysis.methods.bad_endings import BadEndings
from analysis.wording.answers import answer
from analysis.wording.bad_endings import rule, shown
from analysis.wording.phrases import ranges
from analysis.wording.verdicts import meanings
from tests.unit.analysis.results import comparison, effect, headline


def told(label, word, estimate, **further):
    ends = {"interval": "simultaneous", "low": estimate - 0.001, "high": estimate + 0.001}
    return effect(label, mean_difference=estimate, headline=headline(word, **ends), **further)


def test_one_condition_has_the_whole_sentence():
    assert answer(comparison(told("book", "inconclusive", 0.0026))) == (
        "Undecided: “book” changed test accuracy by +0.26 points against “none” (95% CI +0.16 to +0.36; 8 seeds)."
    )


def test_conditions_that_differ_are_named_with_their_numbers_and_the_others_counted():
    labels = {"a": "superior", "b": "inconclusive", "c": "inferior", "d": "equivalent", "e": "inconclusive"}
    whole = comparison(*(told(label, word, 0.01 * place) for place, (label, word) in enumerate(labels.items(), 1)))
    assert answer(whole) == (
        "2 of 5 conditions differ from “none” in test accuracy (8 seeds): “a” +1.00 points (95% CI +0.90 to +1.10) and "
        "“c” +3.00 points (95% CI +2.90 to +3.10); 2 are undecided and 1 is equivalent (estimates +2.00 to +5.00 "
        "points)."
    )


def test_of_many_that_differ_the_least_and_the_greatest_are_named():
    sizes = {"a": 0.02, "b": -0.03, "c": 0.01, "d": 0.05, "e": 0.04}
    whole = comparison(*(told(label, "superior", size) for label, size in sizes.items()))
    assert answer(whole) == (
        "All 5 conditions differ from “none” in test accuracy (8 seeds), from “b” −3.00 points (95% CI −3.10 to "
        "−2.90) to “d” +5.00 points (95% CI +4.90 to +5.10)."
    )


def test_the_one_that_differs_and_the_one_that_does_not():
    whole = comparison(told("a", "inferior", -0.01), told("b", "inconclusive", 0.002))
    assert answer(whole) == (
        "1 of 2 conditions differs from “none” in test accuracy (8 seeds): “a” −1.00 points (95% CI −1.10 to "
        "−0.90); the other is undecided (estimate +0.20 points)."
    )


def test_a_loss_without_limit_is_the_farthest():
    lost = effect("c", headline=headline("inferior", estimate=None, low=None, high=-0.02))
    whole = comparison(told("a", "inferior", -0.01), told("b", "inferior", -0.03), lost)
    assert ", from “c” an amount without limit" in answer(whole)


@pytest.mark.parametrize(("word", "said"), [("cannot_test", "cannot be tested"), ("inconclusive", "are undecided")])
def test_what_is_not_shown_to_differ_has_a_verb_of_its_own(word, said):
    whole = comparison(told("a", "superior", 0.01), *(told(label, word, 0.0) for label in "bc"))
    assert f"; the other 2 {said} (estimates " in answer(whole)


def test_where_none_differs_the_range_of_the_differences_is_told():
    whole = comparison(told("a", "inconclusive", -0.0075), told("b", "inconclusive", 0.0121), told("c", None, 0.3))
    assert answer(comparison(*whole.judged[:2])) == (
        "Undecided for both conditions: −0.75 to +1.21 points in test accuracy against “none” (8 seeds)."
    )
    mixed = comparison(told("a", "inconclusive", -0.0075), told("b", "equivalent", 0.0, n_pairs=6))
    assert answer(mixed) == (
        "1 is undecided and 1 is equivalent: −0.75 to +0.00 points in test accuracy against “none” (6 to 8 seeds)."
    )


def test_a_negative_control_is_in_no_answer():
    whole = comparison(told("a", "inconclusive", -0.0075), told("b", None, -0.7, stays_at_chance=True))
    assert "“b”" not in answer(whole)
    assert answer(whole).startswith("Undecided: “a” changed")


def test_without_a_direction_what_differs_is_named_all_the_same():
    whole = comparison(
        told("a", "higher", 0.02, direction=None), told("b", "inconclusive", 0.0, direction=None), direction=None
    )
    assert answer(whole).startswith("1 of 2 conditions differs from “none” in test accuracy (8 seeds): “a” +2.00")


@pytest.mark.parametrize(
    ("words", "fields", "said"),
    [
        (["superior"], {}, "Higher: the 95% interval is beyond ±0.1 points."),
        (["superior", "inferior"], {"margin": None}, "Higher or lower: the 95% interval excludes zero."),
        (["lower"], {"direction": None}, "Lower: the 95% interval excludes zero."),
        (["inferior"], {"metric": "test_loss", "direction": "lower", "margin": 0.2},
         "Higher: the 95% interval is beyond ±0.2 nats."),
        (["negative_magnitude_unclear"] * 2, {}, "Size open: the 95% interval excludes zero; whether the difference is "
         "beyond ±0.1 points is not known."),
        (["positive_but_negligible", "equivalent"], {}, "Negligibly: the 95% interval excludes zero, and the 90% "
         "interval is within ±0.1 points. Equivalent: the 90% interval is within ±0.1 points."),
        (["inconclusive"], {"margin": None}, "Undecided: the 95% interval covers zero; this is not evidence of "
         "equivalence."),
    ],
)  # fmt: skip
def test_each_verdict_at_hand_is_explained_once(words, fields, said):
    assert meanings([told(str(place), word, 0.0, **fields) for place, word in enumerate(words)]) == said


def endings(*counts, p=(None, 0.5, 0.5)):
    return {
        label: BadEndings(condition=label, n=100, n_bad=bad, rate=bad / 100, p_holm=each)
        for label, bad, each in zip(("none", "a", "b"), counts, p, strict=False)
    }


@pytest.mark.parametrize(
    ("counts", "p", "said"),
    [
        ((6, 1, 2), (None, 0.2, 0.3),
         "Bad endings: 6 of 100 runs with “none”, 1 to 2 of 100 with each other condition; that their frequencies "
         "differ is not established (smallest adjusted p = 0.200)."),
        ((0, 0, 0), (None, 1.0, 1.0), "No run ended badly: 0 of 100 in each condition."),
        ((13, 3, 9), (None, 0.013, 0.4),
         "Bad endings against “none” (13 of 100): fewer with “a” (3 of 100; adjusted p = 0.013)."),
        ((1, 9, 12), (None, 0.04, 0.002),
         "Bad endings against “none” (1 of 100): more with “a” (9 of 100; adjusted p = 0.040) and more with “b” "
         "(12 of 100; adjusted p = 0.0020)."),
    ],
)  # fmt: skip
def test_bad_endings_against_the_control(counts, p, said):
    assert shown(comparison(told("a", "inconclusive", 0.0), bad_endings=endings(*counts, p=p))) == said


def test_where_nothing_is_known_of_bad_endings_nothing_is_said():
    assert shown(comparison()) is None
    assert rule(comparison()) == ""
    few = {label: BadEndings(condition=label, n=4) for label in ("none", "a")}
    assert shown(comparison(bad_endings=few)) is None


def test_a_bad_ending_is_below_the_median_or_above_it_by_the_direction():
    assert "more than 5 points below the median" in rule(comparison(bad_ending=0.05))
    loss = rule(comparison(metric="test_loss", direction="lower", bad_ending=0.2))
    assert "more than 0.2 nats above the median of its own condition" in loss


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        (range(100), "0-99"), ([3], "3"), ([0, 1, 4, 6, 7, 8], "0-1, 4, 6-8"), ([], ""),
        (range(0, 40, 2), "0, 2, 4, 6, 8, 10, 12, 14 and 12 more"),
    ],
)  # fmt: skip
def test_seeds_are_told_as_ranges(seeds, said):
    assert ranges(list(seeds)) == said
