"""The self-check: its rates by enumeration in plain Python, and what it says of sound and unsound tables."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from analysis.methods.self_check import FLIPS, NOTE, checked, self_check
from analysis.tables.pairing import Pairs, pair

ALPHA = 0.05
T_TEST, INTERVALS, MAX_T = range(3)


def family(n: int, seed: int, arms: int = 2) -> list[Pairs]:
    rng = np.random.default_rng([n, seed])
    control = rng.normal(size=n)
    return [pair((f"c{k}", "none"), range(n), control + rng.normal(size=n), control) for k in range(arms)]


def rates(pairs: list[Pairs]) -> list[float]:
    return [each.achieved for each in self_check(pairs, ALPHA).checks]


def test_rates_by_enumeration() -> None:
    pairs = family(7, 3)
    centred = [each.differences - each.differences.mean() for each in pairs]
    t = np.array(
        [
            [abs(float(stats.ttest_1samp(np.array(signs) * d, 0).statistic)) for d in centred]
            for signs in itertools.product([1, -1], repeat=7)
        ]
    )
    claimed = t > stats.t.ppf(1 - ALPHA / 2, 6)
    bonferroni = t > stats.t.ppf(1 - ALPHA / 4, 6)
    largest = t.max(axis=1)
    p = np.array([(largest >= own - 1e-9).mean() for own in largest])
    expected = [claimed.mean(axis=0).max(), bonferroni.any(axis=1).mean(), (p <= ALPHA).mean()]
    assert rates(pairs) == pytest.approx(expected, abs=1e-12)


@pytest.mark.slow
def test_max_t_never_exceeds_alpha_where_flips_are_enumerated() -> None:
    for seed in range(10):
        for n in (6, 9, 12):
            assert rates(family(n, seed, 3))[MAX_T] <= ALPHA


@pytest.mark.slow
def test_sound_tables_are_not_accused() -> None:
    """Of one normal sample at n = 12 the t test's rate is near alpha, mostly not at or below it."""
    found = [self_check(family(12, seed), ALPHA).checks for seed in range(20)]
    assert sum(checks[T_TEST].achieved > ALPHA + 2 / 2**12 for checks in found) > 5
    assert [check for checks in found for check in checks if check.verdict == "fails"] == []


def test_drawn_flips_come_near_alpha() -> None:
    found = self_check(family(25, 1), ALPHA)
    assert (found.n, found.flips, found.exhaustive, found.note) == (25, FLIPS, False, NOTE)
    standard_error = (ALPHA * (1 - ALPHA) / FLIPS) ** 0.5
    assert rates(family(25, 1))[T_TEST] == pytest.approx(ALPHA, abs=6 * standard_error)


@pytest.mark.parametrize(("achieved", "verdict"), [(0.071, "fails"), (0.069, "holds"), (0.029, "conservative")])
def test_verdicts(achieved: float, verdict: str) -> None:
    assert checked("t", 0.05, achieved, (0.07, 0.03)).verdict == verdict


def test_limits_are_binomial_and_one_step_of_the_lattice() -> None:
    """Where flips are enumerated, of as many flips as there are: a t test is not exact on one table's magnitudes."""
    for n, counted in ((6, 2**5), (16, FLIPS)):
        (check, *_) = self_check(family(n, 0), ALPHA).checks
        assert check.limit == pytest.approx(stats.binom.ppf(0.999, counted, ALPHA) / counted + 2 / 2**n)
        assert check.floor == pytest.approx(stats.binom.ppf(0.001, counted, ALPHA) / counted - 2 / 2**n)


def test_nothing_to_check() -> None:
    control = np.arange(5.0)
    assert self_check([pair(("same", "none"), range(5), control, control)], ALPHA).checks == ()
    assert self_check([pair(("one", "none"), [0], np.ones(1), np.zeros(1))], ALPHA).checks == ()
