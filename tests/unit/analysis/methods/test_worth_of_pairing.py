"""What pairing is worth, against a slow twin from the standard library, and how often its intervals miss."""

from __future__ import annotations

import math
import statistics
import time

import numpy as np
import pytest
from scipy import stats

from analysis.methods.worth_of_pairing import FEWEST, WorthOfPairing, worth_of_pairing
from analysis.wording import pairing

ALPHA = 0.05


def twin(statistic, n, back):
    """Return a statistic and its interval by pseudo-values, around the statistic itself."""
    whole = statistic(list(range(n)))
    pseudo = [n * whole - (n - 1) * statistic([row for row in range(n) if row != left]) for left in range(n)]
    reach = stats.t.ppf(1 - ALPHA / 2, n - 1) * statistics.stdev(pseudo) / math.sqrt(n)
    return [back(whole), back(whole - reach), back(whole + reach)]


def drawn(rng, n, shared, tails):
    common, own = rng.standard_t(tails, (n, 1)), rng.standard_t(tails, (n, 2))
    return math.sqrt(shared) * common + math.sqrt(1 - shared) * own


@pytest.mark.parametrize("first", [1.0, 1e6], ids=["plain", "one pair has nearly all the spread"])
def test_correlation_and_seeds_are_those_of_the_twin(first):
    rng = np.random.default_rng(3)
    pairs, reference = drawn(rng, 12, 0.5, 5), drawn(rng, 12, 0.9, 5)
    pairs[0] *= first
    found = worth_of_pairing(pairs, reference, ALPHA)

    def r(rows):
        return math.atanh(statistics.correlation(*(pairs[rows, side].tolist() for side in (0, 1))))

    def ratio(rows):
        mine, theirs = ([each[row][0] - each[row][1] for row in rows] for each in (pairs, reference))
        return math.log(statistics.variance(mine) / statistics.variance(theirs))

    def gain(rows):
        sides = [[pairs[row][side] for row in rows] for side in (0, 1)]
        return math.log(
            sum(map(statistics.variance, sides)) / statistics.variance([a - b for a, b in zip(*sides, strict=True)])
        )

    assert found.n == 12
    assert found.sd_difference == pytest.approx(statistics.stdev((pairs[:, 0] - pairs[:, 1]).tolist()))
    of_r = [found.correlation, found.correlation_low, found.correlation_high]
    of_seeds = [found.seeds_needed, found.seeds_needed_low, found.seeds_needed_high]
    assert of_r == pytest.approx(twin(r, 12, math.tanh))
    assert of_seeds == pytest.approx(twin(ratio, 12, math.exp))
    of_gain = [found.seeds_unpaired, found.seeds_unpaired_low, found.seeds_unpaired_high]
    assert of_gain == pytest.approx(twin(gain, 12, math.exp))


def test_many_pairs_take_no_time_in_their_square():
    pairs = drawn(np.random.default_rng(3), 20_000, 0.5, 5)
    started = time.process_time()
    assert worth_of_pairing(pairs, pairs[::-1], ALPHA).seeds_needed_high is not None
    assert time.process_time() - started < 5


def test_what_does_not_vary_or_is_too_few_is_none_and_the_rest_is_told():
    rng = np.random.default_rng(4)
    pairs = drawn(rng, 8, 0.5, 5)
    assert worth_of_pairing(pairs[: FEWEST - 1], None, ALPHA).sd_difference is None
    assert worth_of_pairing(pairs[:, [0, 0]], None, ALPHA).correlation is None
    one_side = worth_of_pairing(np.column_stack([pairs[:, 0], np.ones(8)]), pairs, ALPHA)
    assert one_side.correlation is None
    assert one_side.seeds_needed is not None
    assert worth_of_pairing(pairs, np.ones((8, 2)), ALPHA).seeds_needed is None
    one_differs = np.array([[0.0, 0.0]] * 7 + [[1.0, 0.0]])
    assert worth_of_pairing(one_differs, pairs, ALPHA).sd_difference is None, "without that seed nothing varies"


@pytest.mark.slow
def test_intervals_miss_about_as_often_as_they_promise_with_long_tails():
    rng, studies = np.random.default_rng(5), 600
    misses = np.zeros(2)
    for _ in range(studies):
        found = worth_of_pairing(drawn(rng, 40, 0.9, 5), drawn(rng, 40, 0.0, 5), ALPHA)
        misses[0] += not found.correlation_low <= 0.9 <= found.correlation_high
        misses[1] += not found.seeds_needed_low <= 0.1 <= found.seeds_needed_high
    limit = stats.binom.isf(1e-4, studies, 0.07)
    assert (misses <= limit).all(), f"{misses} of {studies}: F and Fisher's z miss one in eight"


def test_what_varies_by_rounding_alone_does_not_vary():
    control = np.array([0.1, 0.2, 0.3, 0.7, 0.9])
    assert np.ptp(control + 0.05 - control) > 0
    assert worth_of_pairing(np.column_stack([control + 0.05, control]), None, ALPHA) == WorthOfPairing(n=5)


@pytest.mark.parametrize(
    ("condition", "correlation"),
    [pytest.param([2, 4, 6, 8, 10], "+1.00", id="one line"),
     pytest.param([5, 4, 3, 2, 1], "−1.00", id="one falling line"),
     pytest.param([2, 4, 6, 8, 3], "−0.01", id="one line without one pair"),
     pytest.param([0, 0, 0, 0, 1], "–", id="one seed alone varies")],
)  # fmt: skip
def test_an_interval_that_the_jackknife_does_not_have_is_none(condition, correlation):
    control = [1, 2, 3, 4, 9 if condition[-1] == 3 else 5]
    found = worth_of_pairing(np.column_stack([condition, control]).astype(float), None, ALPHA)
    assert (found.correlation_low, found.correlation_high) == (None, None)
    assert pairing.correlation(found) == correlation
    assert all(math.isfinite(each) for each in found.to_json().values() if each is not None)
