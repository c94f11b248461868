"""The corrected resampled t test: when it is exact, what it becomes, and how often the plain test errs beside it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from analysis.methods.over_splits import OverSplits, SplitsMean, mean_that_decides, over_splits
from analysis.methods.paired_t import p_t
from analysis.methods.result import Sample
from analysis.tables.pairing import PAIRS, SPLITS, Pairs, pair
from analysis.tables.question import Question

RUNS, N = 4_000, 10
ASKED = Question("score", "none", 0.05, None, "higher", test_fraction=0.1)


def pairs_of(values: np.ndarray, unit=SPLITS) -> Pairs:
    found = pair(("book", "none"), range(len(values)), np.asarray(values, float), np.zeros(len(values)))
    return Pairs(**{**vars(found), "unit": unit})


def test_the_standard_error_in_closed_form() -> None:
    values = np.array([0.3, -0.1, 0.4, 0.2])
    found = over_splits(pairs_of(values), 0.25, Sample(ASKED, [], [])).result
    error = values.std(ddof=1) * math.sqrt(1 / 4 + 1 / 3)
    assert isinstance(found, OverSplits)
    assert found.corrected_standard_error == pytest.approx(error, rel=1e-12)
    assert found.corrected_t == pytest.approx(0.2 / error, rel=1e-12)


@pytest.mark.parametrize("correlation", [0.1, 0.5])
def test_t_is_exact_where_normal_differences_correlate_by_the_fraction(correlation: float) -> None:
    """p is uniform; that of the plain t test is not: its variance is too small by 1 + n r / (1 - r)."""
    rng = np.random.default_rng(20030501)
    shared, own = rng.standard_normal((RUNS, 1)), rng.standard_normal((RUNS, N))
    draws = math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * own
    every = [pairs_of(each) for each in draws]
    corrected = np.array([SplitsMean(each, correlation).p for each in every])
    assert stats.kstest(corrected, "uniform").pvalue > 1e-4
    allowed = stats.binom.interval(1 - 1e-4, RUNS, 0.05)
    assert allowed[0] <= (corrected <= 0.05).sum() <= allowed[1]
    inflation = math.sqrt(1 + N * correlation / (1 - correlation))
    errs = 2 * stats.t.sf(stats.t.isf(0.025, N - 1) / inflation, N - 1)
    limits = stats.binom.interval(1 - 1e-4, RUNS, errs)
    assert limits[0] <= sum(p_t(each) <= 0.05 for each in every) <= limits[1]
    assert errs > 0.14


def test_without_overlap_it_is_the_paired_t_test() -> None:
    pairs = pairs_of(np.array([0.3, -0.1, 0.4, 0.2, 0.1]))
    assert SplitsMean(pairs, 1e-15).p == pytest.approx(p_t(pairs), rel=1e-9)
    assert SplitsMean(pairs, 0.1).p > p_t(pairs)


def test_only_splits_whose_fraction_is_known_decide() -> None:
    values = np.array([0.3, -0.1, 0.4])
    assert mean_that_decides(pairs_of(values), Question("score", "none", 0.05, None, "higher")) is None
    assert isinstance(mean_that_decides(pairs_of(values), ASKED), SplitsMean)
    assert not isinstance(mean_that_decides(pairs_of(values, PAIRS), ASKED), SplitsMean)


def test_splits_without_variation_have_no_test() -> None:
    found = over_splits(pairs_of(np.full(5, 0.2)), 0.1, Sample(ASKED, [], []))
    assert found.result == OverSplits()
    assert "no variation" in found.warnings[0]
