"""The headline of a family of several: each scope's own interval and p, adjusted over all of its conditions."""

from __future__ import annotations

import math
from dataclasses import replace

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


def test_over_images_the_p_is_that_of_the_crossed_estimate_times_the_family(table: Table) -> None:
    for each in compare(table, METRIC, "none").effects.values():
        told = each.headline
        assert told.scope == "seeds_and_images"
        assert told.p == each.p_crossed_adjusted == pytest.approx(min(1.0, FAMILY * each.p_crossed))
        assert 0 < each.p_crossed < 1
        assert [told.low, told.high] == [each.ci_low_crossed_simultaneous, each.ci_high_crossed_simultaneous]


def test_over_seeds_the_p_is_max_t(table: Table) -> None:
    alone = replace(table, frame=table.frame.drop(columns="test_bits"))
    for each in compare(alone, METRIC, "none").effects.values():
        assert (each.headline.scope, each.headline.p) == ("seeds", each.p_max_t)
        assert each.headline.low == each.ci_low_simultaneous


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
