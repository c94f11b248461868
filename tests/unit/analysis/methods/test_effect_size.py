"""The interval of dz where base R cannot follow: large t, zero, and mirror images."""

import math

import numpy as np
import pytest
from scipy import stats

from analysis.methods.effect_size import effect_size, hedges_correction, noncentrality_interval
from analysis.tables.pairing import pair


@pytest.mark.parametrize(("t", "df"), [(0.0, 4), (0.3, 1), (2.5, 9), (40.0, 3), (999.0, 99), (1001.0, 99), (2e4, 5)])
def test_the_ends_are_where_t_is_in_its_tails(t, df):
    low, high = noncentrality_interval(t, df, 0.05)
    rng = np.random.default_rng(4)
    n = 400_000
    spread = np.sqrt(rng.chisquare(df, n) / df)
    for ncp, tail in ((low, 0.025), (high, 0.975)):
        share = np.mean((rng.standard_normal(n) + ncp) / spread >= t)
        assert share == pytest.approx(tail, abs=5 * math.sqrt(tail * (1 - tail) / n))


def test_series_and_quadrature_meet():
    below, above = noncentrality_interval(999.999, 30, 0.05), noncentrality_interval(1000.001, 30, 0.05)
    assert np.array(above) / 1000.001 == pytest.approx(np.array(below) / 999.999, rel=1e-8)


def test_very_large_t_is_the_chi_square_limit():
    low, high = noncentrality_interval(1e7, 9, 0.05)
    assert low / 1e7 == pytest.approx(math.sqrt(stats.chi2.ppf(0.025, 9) / 9), rel=1e-6)
    assert high / 1e7 == pytest.approx(math.sqrt(stats.chi2.ppf(0.975, 9) / 9), rel=1e-6)


def test_at_zero_it_is_the_normal_interval_and_mirrored_for_negative_t():
    assert noncentrality_interval(0.0, 7, 0.05) == pytest.approx((-1.959963984540054, 1.959963984540054), rel=1e-9)
    low, high = noncentrality_interval(2.2, 7, 0.05)
    assert noncentrality_interval(-2.2, 7, 0.05) == (-high, -low)


def test_hedges_correction_in_closed_form():
    assert hedges_correction(2) == pytest.approx(1 / math.sqrt(math.pi), rel=1e-12)
    assert hedges_correction(4) == pytest.approx(math.gamma(2) / (math.sqrt(2) * math.gamma(1.5)), rel=1e-12)
    assert hedges_correction(10_000) == pytest.approx(1 - 3 / (4 * 10_000 - 1), rel=1e-8)
    million = 1_000_000
    assert hedges_correction(million) == pytest.approx(1 - 3 / (4 * million) - 7 / (32 * million**2), rel=1e-14)


def test_two_pairs_have_no_hedges_correction():
    found = effect_size(pair(("a", "b"), [0, 1], np.array([3.0, 5.0]), np.zeros(2)), 0.05)
    assert found.result.hedges_gz is None
    assert "hedges_gz is null" in found.warnings[0]
    assert found.result.cohen_dz == pytest.approx(4 / math.sqrt(2))
