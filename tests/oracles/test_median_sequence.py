"""The sequence of the median against enumeration: every way to split ties, every value, every path of signs."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import integrate

from analysis.methods.median_sequence import log_e_value, median_looks, median_sequence
from analysis.tables.pairing import pair
from tests.oracles.agreement import agree

DRAWS = {
    "normal": lambda rng, n: rng.normal(0.3, 1, n),
    "ties": lambda rng, n: rng.integers(-2, 4, n).astype(float),
    "zeros": lambda rng, n: np.maximum(0, rng.integers(-3, 5, n)).astype(float),
}


def mixture(k: int, n: int) -> float:
    """Return the e-value of k signs up in n by integrating the bets: x = sin^2 u has the density of Beta(1/2, 1/2)."""

    def paid(u: float) -> float:
        return 2**n * math.sin(u) ** (2 * k) * math.cos(u) ** (2 * (n - k)) * 2 / math.pi

    return integrate.quad(paid, 0, math.pi / 2, epsabs=0, epsrel=1e-12, limit=400)[0]


def least(seen: np.ndarray, value: float) -> float:
    """Return the least e-value over every way to put the differences equal to a value on its sides."""
    above, level = int((seen > value).sum()), int((seen == value).sum())
    return min(mixture(above + up, len(seen)) for up in range(level + 1))


def test_ten_signs_up_pay_what_beta_functions_say() -> None:
    """B(10.5, 0.5) / pi * 2^10 = (19!! / 20!!) 2^10, with 19!! / 20!! = 46189 / 262144."""
    agree(math.exp(log_e_value(10, 0, 10)), 46189 / 262144 * 2**10, "ten signs up")


@pytest.mark.parametrize("kind", list(DRAWS))
def test_looks_are_those_of_enumeration(kind: str) -> None:
    rng, alpha = np.random.default_rng(len(kind)), 0.05
    differences = DRAWS[kind](rng, 16)
    looks = median_looks(differences, alpha)
    for look in looks:
        seen = differences[: look.n]
        assert look.median == np.median(seen)
        agree(math.exp(look.log_e_value), least(seen, 0.0), (kind, look.n, "e"))
        values = np.unique(seen)
        between = (values[1:] + values[:-1]) / 2
        tried = np.sort([*values, *between, values[0] - 1, values[-1] + 1])
        kept = [value for value in tried if least(seen, value) < 1 / alpha]
        assert kept, "never empty"
        if look.low is None:
            assert look.high is None
            assert (kept[0], kept[-1]) == (tried[0], tried[-1]), "infinite: even beyond every difference"
        else:
            assert (look.low, look.high) == (kept[0], kept[-1])
            assert look.low in seen
            assert look.high in seen


def test_it_is_finite_from_seven_seeds_and_from_ten_for_six_conditions() -> None:
    for alpha, first in ((0.05, 7), (0.05 / 6, 10)):
        looks = median_looks(np.arange(1.0, 13.0), alpha)
        assert next(look.n for look in looks if look.low is not None) == first


def test_zero_is_excluded_exactly_where_the_e_value_reaches_one_over_alpha() -> None:
    rng = np.random.default_rng(1)
    excluded = 0
    for _ in range(200):
        alpha = float(rng.uniform(0.01, 0.3))
        for look in median_looks(rng.integers(-1, 6, 25).astype(float), alpha):
            assert look.excludes_zero() == (look.log_e_value >= -math.log(alpha))
            excluded += look.excludes_zero()
    assert excluded > 500


@pytest.mark.parametrize(("alpha", "length"), [(0.05, 16), (0.2, 16)])
def test_over_every_path_of_signs_it_errs_no_more_than_alpha(alpha: float, length: int) -> None:
    """Of all paths of fair signs, those that ever exclude the true median: by counting paths, not by drawing them."""
    alive = {0: 1}
    gone = 0
    for n in range(1, length + 1):
        after: dict[int, int] = {}
        for (up, ways), step in itertools.product(alive.items(), (0, 1)):
            after[up + step] = after.get(up + step, 0) + ways
        out = {up for up in after if log_e_value(up, 0, n) >= -math.log(alpha)}
        gone += sum(after[up] for up in out) * 2 ** (length - n)
        alive = {up: ways for up, ways in after.items() if up not in out}
    assert 0 < gone / 2**length <= alpha


def test_half_of_the_differences_zero_is_no_evidence_against_a_median_of_zero() -> None:
    looks = median_looks(np.array([0.0, 1.0] * 30), 0.05)
    assert not any(look.excludes_zero() for look in looks)
    assert all(look.log_e_value <= 1e-12 for look in looks)


def test_differences_within_rounding_of_zero_are_zero() -> None:
    control = np.full(12, 0.3)
    moved = pair(("a", "none"), range(12), np.where(np.arange(12) == 11, 0.4, 0.1 + 0.2), control)
    assert moved.differences[0] > 0
    assert [look.low for look in median_sequence(moved, 0.05)][-1] == 0
    counts = pair(("a", "none"), range(12), np.full(12, 31), np.full(12, 30), 100)
    last = median_sequence(counts, 0.05)[-1]
    assert (last.low, last.high, last.median) == (0.01, 0.01, 0.01)
