"""Simultaneous intervals: Bonferroni below 30 seeds, flips from 30, never wider than Bonferroni nor below one t."""

import numpy as np
import pytest
from scipy import stats

from analysis.methods import simultaneous
from analysis.methods.paired_t import moments
from analysis.methods.sign_flip import max_t_quantiles
from analysis.methods.simultaneous import Simultaneous, intervals
from analysis.tables.pairing import pair


def family(n, K, shared=1.0, own=1.0):
    rng = np.random.default_rng(n * 10 + K)
    rows = rng.normal(0, shared, (n, 1)) + rng.normal(0.3, own, (n, K))
    return rows, [pair((f"c{k}", "control"), range(n), rows[:, k], np.zeros(n)) for k in range(K)]


def multipliers(pairs, found):
    """How many standard errors the 95% and the 90% interval reach."""
    m = moments(pairs)
    low, high, low_90, high_90 = found[pairs.condition].result.to_json().values()
    assert (low + high) / 2 == pytest.approx(m.mean)
    assert (low_90 + high_90) / 2 == pytest.approx(m.mean)
    return (high - low) / 2 / m.standard_error, (high_90 - low_90) / 2 / m.standard_error


@pytest.mark.parametrize(("n", "K"), [(5, 3), (29, 4)])
def test_below_30_it_is_bonferroni(n, K):
    _, members = family(n, K)
    found = intervals(members, 0.05)
    for pairs in members:
        expected = stats.t.ppf(1 - 0.025 / K, n - 1), stats.t.ppf(1 - 0.05 / K, n - 1)
        assert multipliers(pairs, found) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n", [6, 50])
def test_one_comparison_is_the_t_interval(n):
    _, members = family(n, 1)
    found = multipliers(members[0], intervals(members, 0.05))
    assert found == pytest.approx((stats.t.ppf(0.975, n - 1), stats.t.ppf(0.95, n - 1)), rel=1e-12)


def test_from_30_it_is_the_flip_quantile_and_shorter_where_conditions_are_correlated():
    rows, members = family(30, 5, shared=3.0)
    expected = max_t_quantiles(rows, (0.95, 0.9))
    found = intervals(members, 0.05)
    for pairs in members:
        c = multipliers(pairs, found)
        assert c == pytest.approx(expected, rel=1e-9)
        assert stats.t.ppf(0.975, 29) < c[0] < stats.t.ppf(1 - 0.025 / 5, 29)


def test_never_above_bonferroni_nor_below_the_single_interval():
    for shared, own in ((0.0, 1.0), (1.0, 1e-9)):
        _, members = family(35, 6, shared, own)
        for pairs in members:
            c95, c90 = multipliers(pairs, intervals(members, 0.05))
            assert stats.t.ppf(0.975, 34) * (1 - 1e-9) <= c95 <= stats.t.ppf(1 - 0.025 / 6, 34) * (1 + 1e-9)
            assert stats.t.ppf(0.95, 34) * (1 - 1e-9) <= c90 <= stats.t.ppf(1 - 0.05 / 6, 34) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("quantiles", "levels"), [((99.0, 99.0), (1 - 0.025 / 3, 1 - 0.05 / 3)), ((0.1, 0.1), (0.975, 0.95))]
)
def test_a_quantile_beyond_the_bounds_is_cut(monkeypatch, quantiles, levels):
    monkeypatch.setattr(simultaneous, "max_t_quantiles", lambda *_: quantiles)
    _, members = family(30, 3)
    found = multipliers(members[1], intervals(members, 0.05))
    assert found == pytest.approx([stats.t.ppf(level, 29) for level in levels], rel=1e-9)


def test_unlike_n_each_keeps_its_own_degrees_of_freedom():
    _, members = family(10, 2)
    short = members[1].on(np.arange(4))
    found = intervals([members[0], short], 0.05)
    assert multipliers(short, found)[0] == pytest.approx(stats.t.ppf(1 - 0.025 / 2, 3))
    assert multipliers(members[0], found)[0] == pytest.approx(stats.t.ppf(1 - 0.025 / 2, 9))


def test_what_cannot_be_tested_does_not_widen_the_others():
    _, members = family(10, 2)
    still = pair(("still", "control"), range(10), np.ones(10), np.zeros(10))
    found = intervals([*members, still], 0.05)
    assert multipliers(members[0], found)[0] == pytest.approx(stats.t.ppf(1 - 0.025 / 2, 9))
    assert found["still"].result == Simultaneous()


def test_an_inner_level_that_does_not_exist_is_null():
    _, members = family(40, 2)
    found = intervals(members, 0.6)["c0"]
    assert found.result.ci_low_simultaneous_90 is None
    assert found.result.ci_low_simultaneous is not None
    assert "does not exist" in found.warnings[0]
