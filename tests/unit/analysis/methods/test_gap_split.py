"""The split of a change of the running gap: parts add up, intervals by hand, and the share's set by its definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.methods.fieller import ratio_set
from analysis.methods.gap_split import gap_splits

CLEAN = [-0.002, -0.001, -0.003, 0.001, -0.0025, -0.0015]
RUNNING = [-0.015, -0.022, -0.018, -0.009, -0.021, -0.017]


def entries(differences, condition="book", first_seed=0):
    return {condition: dict(enumerate(differences, first_seed))}


def test_the_parts_add_up_and_have_the_intervals_of_a_t_test():
    (found,) = gap_splits(entries(RUNNING), entries(CLEAN), 0.05)
    assert found.n == 6
    assert found.running_change == pytest.approx(np.mean(RUNNING))
    assert found.clean_change + found.measuring_change == pytest.approx(found.running_change)
    interval = stats.ttest_rel(RUNNING, CLEAN).confidence_interval(0.95)
    assert [found.measuring_low, found.measuring_high] == pytest.approx([interval.low, interval.high], rel=1e-9)
    assert found.clean_share == pytest.approx(np.sum(CLEAN) / np.sum(RUNNING))
    for share in (found.clean_share_low, found.clean_share_high):  # where clean - share * running may just be 0
        assert stats.ttest_1samp(np.array(CLEAN) - share * np.array(RUNNING), 0).pvalue == pytest.approx(0.05, abs=1e-9)
    inside = stats.ttest_1samp(np.array(CLEAN) - found.clean_share * np.array(RUNNING), 0).pvalue
    assert inside == pytest.approx(1)


def test_seeds_are_matched_by_their_keys_and_conditions_by_their_names():
    (found,) = gap_splits(entries(RUNNING), entries(CLEAN, first_seed=2), 0.05)
    assert found.n == 4
    assert found.running_change == pytest.approx(np.mean(RUNNING[2:]))
    assert found.clean_change == pytest.approx(np.mean(CLEAN[:4]))
    assert gap_splits(entries(RUNNING), entries(CLEAN, "other"), 0.05) == []


def test_no_share_of_a_change_that_may_be_none():
    (found,) = gap_splits(entries([0.001, -0.001, 0.002, -0.002]), entries(CLEAN), 0.05)
    assert found.measuring_low is not None
    assert found.clean_share is None
    assert found.clean_share_low is None


@pytest.mark.parametrize("differences", [[], [0.001], [0.001, 0.001]])
def test_few_or_equal_seeds_have_no_interval(differences):
    (found,) = gap_splits(entries([each - 0.01 for each in differences]), entries(differences), 0.05)
    assert found.n == len(differences)
    assert (found.clean_change is None) == (not differences)
    assert found.measuring_low is None
    assert found.clean_share is None


def test_the_set_covers_the_ratio_at_its_level():
    rng, hits, runs = np.random.default_rng(5), 0, 2000
    t = float(stats.t.isf(0.025, 9))
    for values in rng.normal(0, 1, (runs, 2, 10)):
        pair = np.array([[1.0], [4.0]]) + values
        ends = ratio_set(pair.mean(axis=1), np.cov(pair) / 10, t)
        hits += ends is not None and ends[0] <= 0.25 <= ends[1]
    assert stats.binomtest(hits, runs, 0.95).pvalue > 1e-4
