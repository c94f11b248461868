"""Bad endings against a slow twin in exact fractions, and on the reference study."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.answer.compare import compare
from analysis.methods.bad_endings import FEWEST, THRESHOLDS, bad_endings
from analysis.tables.metric import measure
from analysis.tables.question import Question
from analysis.tables.table import from_frame, load
from bench.schema.known_metrics import Direction, bad_ending_of
from tests.oracles.agreement import agree

ROOT = Path(__file__).parents[2]
RULE = Fraction(1, 20)
TOTAL = 200


def runs(counts: dict[str, list[int]], broken: dict[str, list[int]] | None = None, **extra: object) -> pd.DataFrame:
    """Return rows of trials that got so many of `TOTAL` images right; those at the places `broken` diverged."""
    rows = [
        {
            "condition": label,
            "seed": seed,
            "status": "diverged" if seed in (broken or {}).get(label, []) else "ok",
            "test_correct": count,
            "test_total": TOTAL,
        }
        for label, given in counts.items()
        for seed, count in enumerate(given)
    ]
    return pd.DataFrame(rows).assign(**extra)


def asked(metric: str, threshold: float, direction: Direction | None) -> Question:
    return Question(metric, "none", 0.05, None, direction, bad_ending=threshold)


def judged(frame: pd.DataFrame, metric: str = "test_accuracy", threshold: float = 0.05, lower: bool = False):
    measured = measure(from_frame(frame), metric)
    return bad_endings(measured, asked(metric, threshold, "lower" if lower else "higher"))


def median(values: list[Fraction]) -> Fraction:
    ranked = sorted(values)
    return (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2


def quartile(values: list[Fraction]) -> Fraction:
    """Return the upper quartile by linear interpolation between the order statistics."""
    ranked = sorted(values)
    place = Fraction(3 * (len(ranked) - 1), 4)
    below = math.floor(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (place - below) * (ranked[above] - ranked[below])


def slow(values: list[Fraction], broken: list[int], limit: Fraction) -> list[bool]:
    """Return which runs ended badly, in exact fractions of the metric."""
    centre = median([each for seed, each in enumerate(values) if seed not in broken])
    return [seed in broken or centre - each > limit for seed, each in enumerate(values)]


def mcnemar(first: list[bool], second: list[bool]) -> float:
    """Return the exact two-sided p from the discordant pairs, summed term by term."""
    b = sum(x and not y for x, y in zip(first, second, strict=True))
    c = sum(y and not x for x, y in zip(first, second, strict=True))
    tail = sum(math.comb(b + c, k) for k in range(min(b, c) + 1))
    return min(1.0, 2 * tail / 2 ** (b + c))


@pytest.mark.slow
def test_counts_in_exact_fractions() -> None:
    rng = np.random.default_rng(20)
    for _ in range(40):
        n = int(rng.integers(FEWEST, 14))
        counts = {
            label: [int(each) for each in 150 + rng.integers(-25, 25, n) * rng.integers(0, 2, n)]
            for label in ("none", "a", "b")
        }
        broken = {label: [int(each) for each in np.flatnonzero(rng.random(n) < 0.1)] for label in counts}
        found = judged(runs(counts, broken))
        assert list(found) == ["none", "a", "b"]
        flags = {}
        for label, given in counts.items():
            values = [Fraction(each, TOTAL) for each in given]
            trained = [each for seed, each in enumerate(values) if seed not in broken[label]]
            if not trained:
                continue
            flags[label] = slow(values, broken[label], RULE)
            told, k = found[label], sum(flags[label])
            assert (told.n, told.n_bad, told.rate) == (n, k, k / n)
            assert told.median_in_doubt == (quartile(trained) - median(trained) > RULE)
            agree(told.rate_low, 0.0 if k == 0 else stats.beta.ppf(0.025, k, n - k + 1), (label, "low"))
            agree(told.rate_high, 1.0 if k == n else stats.beta.ppf(0.975, k + 1, n - k), (label, "high"))
            expected = [sum(slow(values, broken[label], Fraction(str(each)))) for each in THRESHOLDS]
            assert [(each.threshold, each.n_bad) for each in told.by_threshold] == list(
                zip(THRESHOLDS, expected, strict=True)
            )
        if len(flags) == 3:
            raw = {label: mcnemar(flags[label], flags["none"]) for label in ("a", "b")}
            for label, p in raw.items():
                agree(found[label].p_mcnemar, p, label)
                agree(found[label].p_holm, max(min(1, 2 * min(raw.values())), p), (label, "Holm"))
        assert (found["none"].p_mcnemar, found["none"].p_holm) == (None, None)


def test_exactly_the_threshold_below_the_median_is_no_bad_ending() -> None:
    """The median is 161 / 200; 151 is 5 points below it to the count, 150.5 could not be told from it in floats."""
    counts = [151, 150, 161, 161, 165, 170]
    found = judged(runs({"none": counts, "a": counts}))
    assert found["a"].n_bad == 1
    fractions = runs({"none": counts}).assign(test_accuracy=np.array(counts) / TOTAL)
    assert judged(fractions.drop(columns=["test_correct", "test_total"]))["none"].n_bad == 1


def test_an_even_number_of_runs_has_the_middle_two_averaged() -> None:
    """The median is 160.5: 151 is 9.5 below and 150 is 10.5 below, of which 10 are allowed."""
    found = judged(runs({"none": [150, 151, 160, 161, 170, 170]}))
    assert found["none"].n_bad == 1


def test_a_loss_ends_badly_above_its_median_and_has_no_points() -> None:
    losses = [0.4, 0.41, 0.39, 0.95, 0.4, 0.1]
    frame = runs({"none": [1] * 6}).assign(final_loss=losses)
    found = judged(frame, "final_loss", 0.5, lower=True)["none"]
    assert (found.n_bad, found.by_threshold) == (1, ())
    assert judged(frame, "final_loss", 0.25, lower=False)["none"].n_bad == 1
    assert judged(frame.assign(final_loss=[1, 1, 1, 1, 1, 0.0]), "final_loss", 0.5, lower=True)["none"].n_bad == 0


def test_a_level_of_its_own_is_no_bad_ending() -> None:
    found = judged(runs({"none": [180] * 6, "a": [100] * 6}))
    assert (found["a"].n_bad, found["a"].p_mcnemar) == (0, 1.0)


def test_too_few_runs_are_not_judged_and_neither_is_what_leans_on_them() -> None:
    four, five = [160, 160, 160, 100], [160, 160, 160, 160, 100]
    found = judged(runs({"none": five, "a": four, "b": five}))
    assert (found["a"].n, found["a"].n_bad, found["a"].rate_low, found["a"].median_in_doubt) == (4, None, None, None)
    assert (found["a"].p_mcnemar, found["a"].by_threshold) == (None, ())
    assert (found["b"].n_bad, found["b"].p_mcnemar, found["b"].p_holm) == (1, 1.0, 1.0)
    assert judged(runs({"none": four, "a": five}))["a"].p_mcnemar is None


def test_every_run_diverged() -> None:
    found = judged(runs({"none": [160] * 6, "a": [20] * 6}, {"a": list(range(6))}))["a"]
    assert (found.n_bad, found.rate_high, found.p_mcnemar) == (6, 1.0, 2 / 2**6)
    assert [each.n_bad for each in found.by_threshold] == [6] * len(THRESHOLDS)


def test_a_negative_control_and_a_metric_without_a_rule_have_none() -> None:
    frame = runs({"none": [160] * 6, "a": [150] * 6, "all": [20] * 6})
    frame = frame.assign(stays_at_chance=frame["condition"] == "all", score=1.0)
    found = compare(from_frame(frame), "test_accuracy", "none")
    assert list(found.bad_endings) == ["none", "a"]
    assert [each["condition"] for each in found.to_json()["bad_endings"]] == ["none", "a"]
    assert compare(from_frame(frame), "score", "none").to_json()["bad_endings"] == []
    assert (bad_ending_of("val_accuracy"), bad_ending_of("test_loss")) == (0.05, None)


def test_without_a_direction_nothing_is_worse() -> None:
    measured = measure(from_frame(runs({"none": [160] * 6, "a": [20] * 6})), "test_accuracy")
    found = bad_endings(measured, asked("test_accuracy", 0.05, None))
    assert [(each.n, each.n_bad, each.p_holm) for each in found.values()] == [(6, None, None)] * 2


def test_a_median_among_bad_endings_is_in_doubt_and_said_to_be() -> None:
    counts = [100, 101, 102, 103, 160, 161, 162]
    whole = compare(from_frame(runs({"none": counts, "a": [160] * 7})), "test_accuracy", "none")
    assert [each.median_in_doubt for each in whole.bad_endings.values()] == [True, False]
    (said,) = [each for each in whole.warnings if "in doubt" in each]
    assert said.startswith("none: the median is in doubt: a quarter of the runs end more than 5 points better")


def test_the_reference_study() -> None:
    table = load(ROOT / "results" / "reference", where={"device": "cpu"})
    found = bad_endings(measure(table, "test_accuracy"), asked("test_accuracy", 0.05, "higher"))
    counts = {label: {at.threshold: at.n_bad for at in found[label].by_threshold} for label in ("none", "book")}
    assert [found[label].n for label in counts] == [100, 100]
    assert [(counts[label][0.03], counts[label][0.05]) for label in counts] == [(13, 6), (3, 1)]
    for each in found.values():
        assert all(more.n_bad >= fewer.n_bad for more, fewer in pairwise(each.by_threshold))
        assert each.p_holm is None or each.p_holm >= each.p_mcnemar
