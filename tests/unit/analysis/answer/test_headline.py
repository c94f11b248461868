"""The headline of a family of several: each scope's own interval and p, adjusted over all of its conditions."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.methods.confidence_sequence import looks
from analysis.methods.median_sequence import median_looks
from analysis.tables.plan import Plan, PlannedAnalysis
from analysis.tables.table import Table, from_frame

METRIC, IMAGES, SEEDS, ALPHA = "test_accuracy", 400, 12, 0.05
GAINS = {"none": 0.0, "little": 0.01, "some": 0.02, "much": 0.03}
FAMILY = len(GAINS) - 1


@pytest.fixture(scope="module")
def table() -> Table:
    """Four conditions over 12 seeds, image by image: two ways of a difference, neither far from chance."""
    rng = np.random.default_rng(11)
    ease = rng.normal(0.8, 0.1, IMAGES)
    rows = []
    for seed in range(SEEDS):
        for label, gain in GAINS.items():
            right = rng.random(IMAGES) < ease + gain + rng.normal(0, 0.01)
            bits = np.packbits(right).tobytes()
            rows.append({"condition": label, "seed": seed, "test_correct": int(right.sum()), "test_bits": bits})
    return from_frame(pd.DataFrame(rows).assign(test_total=IMAGES))


def test_over_images_each_end_moves_by_what_new_images_add(table: Table) -> None:
    z = NormalDist().inv_cdf(1 - ALPHA / (2 * FAMILY))
    for each in compare(table, METRIC, "none").effects.values():
        told, reach = each.headline, z * each.test_set_floor
        assert (told.estimand, told.scope, told.assumes) == ("typical", "seeds_and_images", None)
        assert told.estimate == each.typical_difference == each.hodges_lehmann
        for end, seeds in ((told.low, each.typical_low_simultaneous), (told.high, each.typical_high_simultaneous)):
            assert abs(end - told.estimate) == pytest.approx(math.hypot(told.estimate - seeds, reach), rel=1e-9)
        assert told.p == each.p_typical_crossed_adjusted >= each.p_typical_adjusted


def test_p_over_images_is_that_of_seeds_and_images() -> None:
    """Each condition is right on some images more, and on fewer images less, and nearly the same at every seed."""
    rows = []
    for seed in range(SEEDS):
        for place, label in enumerate(GAINS):
            right = np.arange(IMAGES) < 300
            right[300 : 300 + 6 * place] = True
            right[: 3 * place] = False
            right[50 : 50 + seed * (place + 1) % 5] = False
            bits = np.packbits(right).tobytes()
            rows.append({"condition": label, "seed": seed, "test_correct": int(right.sum()), "test_bits": bits})
    effects = compare(from_frame(pd.DataFrame(rows).assign(test_total=IMAGES)), METRIC, "none").effects.values()
    for each in effects:
        assert each.headline.p == each.p_typical_crossed_adjusted > each.p_typical_adjusted
        assert each.p_crossed_adjusted == min(1.0, FAMILY * each.p_crossed)
    assert any(each.p_crossed < each.p_crossed_adjusted < 1 for each in effects)


def test_over_seeds_interval_and_p_are_those_of_the_signed_rank_distribution(table: Table) -> None:
    alone = replace(table, frame=table.frame.drop(columns="test_bits"))
    for each in compare(alone, METRIC, "none").effects.values():
        d = np.array([pair.difference for pair in each.pairs])
        averages = np.sort([(d[i] + d[j]) / 2 for i in range(len(d)) for j in range(i, len(d))])
        v = min((averages <= 1e-12).sum(), (averages >= -1e-12).sum())
        expected = min(1.0, 2 * FAMILY * enumerated(len(d))[: v + 1].sum())
        assert each.headline.scope == "seeds"
        assert each.headline.p == pytest.approx(expected, rel=1e-12)
        outside = int((np.cumsum(enumerated(len(d))) <= ALPHA / (2 * FAMILY)).sum())
        assert each.headline.low == pytest.approx(averages[outside - 1], abs=1e-12)
        assert each.headline.high == pytest.approx(averages[-outside], abs=1e-12)


def enumerated(n: int) -> np.ndarray:
    """Return P(V = v) by going through all 2^n sets of ranks."""
    sums = [sum(rank for rank, chosen in enumerate(bits, 1) if chosen) for bits in product((0, 1), repeat=n)]
    return np.bincount(sums) / 2**n


@pytest.mark.parametrize(("seeds", "leading"), [(6, "mean"), (7, "typical")])
def test_the_mean_leads_where_seeds_are_too_few_for_the_family(table: Table, seeds: int, leading: str) -> None:
    """2/2^6 is above 0.05/3, 2/2^7 is not."""
    few = replace(table, frame=table.frame[table.frame["seed"] < seeds])
    for each in compare(few, METRIC, "none").effects.values():
        assert each.headline.estimand == leading
        assert each.headline.assumes == ("normal differences" if leading == "mean" else None)
        centre = each.mean_difference if leading == "mean" else each.typical_difference
        assert each.headline.estimate == centre
        assert each.headline.p is not None


def test_a_condition_with_fewer_pairs_cannot_be_tested_and_changes_no_other(table: Table) -> None:
    rows = table.frame
    lost = replace(table, frame=rows[(rows["condition"] != "much") | (rows["seed"] < 5)])
    found, whole = compare(lost, METRIC, "none").effects, compare(table, METRIC, "none").effects
    told = found["much"].headline
    assert (told.estimand, told.verdict, told.p, told.low) == ("typical", "cannot_test", None, None)
    assert told.reason == "with 3 conditions the typical difference needs 7 pairs, and there are 5"
    assert [found[label].headline for label in ("little", "some")] == [
        whole[label].headline for label in ("little", "some")
    ]


def test_two_pairs_have_no_verdict_and_three_have_one(table: Table) -> None:
    for seeds, verdict in ((2, "cannot_test"), (3, None)):
        few = replace(table, frame=table.frame[table.frame["seed"] < seeds])
        for each in compare(few, METRIC, "none").effects.values():
            assert (each.headline.verdict == "cannot_test") == (verdict == "cannot_test")
            assert (each.headline.p is None) == (verdict == "cannot_test")


def test_of_a_sequence_interval_and_p_are_at_alpha_over_the_family(table: Table) -> None:
    fixed = PlannedAnalysis("none", METRIC, until="decided", estimand="mean")
    planned = replace(table, plan=Plan("made", (), (), fixed, {}))
    for each in compare(planned, METRIC, "none", alpha=ALPHA).effects.values():
        last = looks(np.array([pair.difference for pair in each.pairs]), ALPHA / FAMILY)[-1]
        told = each.headline
        assert told.scope == "sequence"
        assert last.half_width is not None
        assert told.high - told.low == pytest.approx(2 * last.half_width)
        assert told.p == pytest.approx(min(1.0, FAMILY * math.exp(-max(0.0, last.log_e_value))))


def test_of_a_sequence_of_the_median_interval_and_p_are_at_alpha_over_the_family(table: Table) -> None:
    planned = replace(table, plan=Plan("made", (), (), PlannedAnalysis("none", METRIC, until="decided"), {}))
    for each in compare(planned, METRIC, "none", alpha=ALPHA).effects.values():
        last = median_looks(np.array([pair.difference for pair in each.pairs]), ALPHA / FAMILY)[-1]
        told = each.headline
        assert told.scope == "sequence"
        if last.low is None:
            assert (told.verdict, told.low, told.p) == ("cannot_test", None, None)
            continue
        assert (told.low, told.high) == (pytest.approx(last.low), pytest.approx(last.high))
        assert told.p == pytest.approx(min(1.0, FAMILY * math.exp(-max(0.0, last.log_e_value))))
        assert (told.p <= ALPHA) == (told.low > 0 or told.high < 0)


def test_a_sequence_without_a_pair_cannot_be_judged(table: Table) -> None:
    rows = table.frame[(table.frame["condition"] != "much") | (table.frame["seed"] > 99)]
    plan = Plan("made", (), (), PlannedAnalysis("none", METRIC, until="decided"), {})
    told = compare(replace(table, frame=rows, plan=plan), METRIC, "none").effects["much"].headline
    assert (told.scope, told.verdict, told.estimate, told.p) == ("sequence", "cannot_test", None, None)
