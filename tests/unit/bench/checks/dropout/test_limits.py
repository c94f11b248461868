"""The limits are exact: counted out where that can be done."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from bench.checks.dropout.limits import binomial, hypergeometric, most_correlated, most_unlike


def beyond(probabilities: dict[int, Fraction], low: int, high: int) -> tuple[Fraction, Fraction]:
    """Return the probability below `low` and above `high`."""
    below = sum((p for k, p in probabilities.items() if k < low), Fraction())
    return below, sum((p for k, p in probabilities.items() if k > high), Fraction())


def is_tightest(probabilities: dict[int, Fraction], limits: tuple[int, int], alpha: float) -> bool:
    """Tell whether the limits leave out at most alpha / 2 at each end, and the next ones would leave out more."""
    half = Fraction(alpha) / 2
    here, inside = beyond(probabilities, *limits), beyond(probabilities, limits[0] + 1, limits[1] - 1)
    return max(here) <= half and min(inside) > half


@pytest.mark.parametrize(("n", "rate", "alpha"), [(40, Fraction(1, 5), 1e-3), (60, Fraction(1, 2), 1e-6)])
def test_binomial_limits_by_enumeration(n: int, rate: Fraction, alpha: float) -> None:
    probabilities = {k: comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(n + 1)}
    assert is_tightest(probabilities, binomial(n, float(rate), alpha), alpha)


@pytest.mark.parametrize(("total", "marked", "n", "alpha"), [(100, 40, 30, 1e-3), (400, 90, 100, 1e-7)])
def test_hypergeometric_limits_by_enumeration(total: int, marked: int, n: int, alpha: float) -> None:
    probabilities = {
        k: Fraction(comb(marked, k) * comb(total - marked, n - k), comb(total, n))
        for k in range(max(0, n - total + marked), min(n, marked) + 1)
    }
    assert is_tightest(probabilities, hypergeometric(total, marked, n, alpha), alpha)


def test_the_group_that_is_least_like_the_others_is_found() -> None:
    group, figure = most_unlike(np.array([20, 21, 60, 19]), np.full(4, 100), 1e-4)
    assert group == 2
    assert (figure.measured, figure.expected) == (0.6, 0.3)
    assert not figure.holds


def test_the_correlation_is_that_of_the_pairs() -> None:
    generator = np.random.default_rng(0)
    event = generator.random((256, 8)) < 0.3
    event[2::4] = event[0::4]
    figure = most_correlated(event, 0, 1e-4)
    assert figure is not None
    assert (figure.where, figure.holds) == ("lag 2", False)
    one, other = event[np.arange(256) % 4 < 2], event[np.arange(256) % 4 >= 2]
    assert figure.measured == pytest.approx(np.corrcoef(one.ravel(), other.ravel())[0, 1], abs=1e-12)


def test_unlike_rates_that_are_known_are_no_correlation() -> None:
    generator = np.random.default_rng(0)
    rates = np.broadcast_to(np.linspace(0, 1, 4096), (2, 4096))
    event = generator.random((2, 4096)) < rates
    blind, told = (most_correlated(event, 0, 1e-4, expected) for expected in (None, rates))
    assert blind is not None
    assert told is not None
    assert (blind.holds, told.holds) == (False, True)
    one, other = event[0] - rates[0], event[1] - rates[1]
    spread = (rates * (1 - rates))[0]
    assert told.measured == pytest.approx((one * other).sum() / np.sqrt((spread**2).sum() * one.size), abs=1e-12)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("rate", [0.001, 0.02, 0.5])
def test_what_holds_at_every_lag_by_exact_limits_holds(rate: float, seed: int) -> None:
    """Limits are computed of suspect lags only; here of all. Some numbers come again at lag 5, more with the seed."""
    event = np.random.default_rng(seed).random((32, 400)) < rate
    event[5:, : 20 * seed] = event[:-5, : 20 * seed]
    found, places, broken = most_correlated(event, 0, 1e-3), np.arange(32), []
    for lag in range(1, 32):
        here = places[(places % (2 * lag) < lag) & (places + lag < 32)]
        one, other = event[here], event[here + lag]
        low, high = hypergeometric(one.size, int(one.sum()), int(other.sum()), 1e-3 / 31)
        broken += [] if low <= int((one & other).sum()) <= high else [f"lag {lag}"]
    assert found is not None
    assert found.holds == (not broken)
    assert found.holds or found.where in broken
