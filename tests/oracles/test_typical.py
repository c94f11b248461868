"""The typical difference against enumeration and formulas written out: estimate, intervals, p, test images."""

from __future__ import annotations

import itertools
import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.answer.compare import compare
from analysis.methods import walsh_averages
from analysis.methods.estimands import Inference
from analysis.methods.mean_family import MeanEstimate
from analysis.methods.signed_rank_distribution import counted_off, fewest, lower_tail, runs_at_an_end
from analysis.methods.typical import HodgesLehmannEstimate
from analysis.methods.walsh_averages import WalshAverages
from analysis.tables.pairing import Pairs, pair
from analysis.tables.table import from_frame

ALPHA = 0.05
law = settings(derandomize=True, deadline=None, max_examples=120, database=None)
numbers = st.one_of(st.integers(-4, 4).map(float), st.floats(-9, 9), st.just(math.inf), st.just(-math.inf))


def pairs_of(differences: list[float] | np.ndarray) -> Pairs:
    d = np.asarray(differences, float)
    return pair(("book", "none"), np.arange(len(d)), d, np.zeros(len(d)))


def averages_of(differences: np.ndarray) -> np.ndarray:
    """Return every Walsh average by two loops; that of two infinite ones of unlike sign is 0."""
    found = []
    for one, other in itertools.combinations_with_replacement(differences, 2):
        opposed = math.isinf(one) and math.isinf(other) and one != other
        found.append(0.0 if opposed else (one + other) / 2)
    return np.sort(found)


def null(n: int) -> np.ndarray:
    """Return P(V <= v) by going through all 2^n sets of ranks."""
    sums = [sum(itertools.compress(range(1, n + 1), chosen)) for chosen in itertools.product((0, 1), repeat=n)]
    return np.cumsum(np.bincount(sums)) / 2**n


@pytest.mark.slow
@law
@given(st.lists(numbers, min_size=1, max_size=12), st.sampled_from([0, walsh_averages.HELD_UP_TO]))
def test_order_statistics_of_averages_are_those_of_all_of_them(differences, held):
    d = np.array(differences)
    expected = averages_of(d)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walsh_averages, "HELD_UP_TO", held)
        found = WalshAverages(d)
        assert len(found) == len(expected)
        assert [found.at(rank) for rank in range(len(expected))] == pytest.approx(list(expected), abs=1e-12)
        assert found.up_to_zero == (expected <= 0).sum()
        assert found.from_zero == (expected >= 0).sum()


@pytest.mark.parametrize("n", range(1, 13))
def test_the_null_distribution_is_that_of_all_sets_of_ranks(n):
    below = null(n)
    assert [lower_tail(n, v) for v in range(-1, len(below))] == pytest.approx([0.0, *below], rel=1e-12)
    for tail in (0.5, 0.1, 0.025, 0.025 / 3, 1e-6):
        assert counted_off(n, tail) == (below <= tail * (1 + 1e-12)).sum()


@pytest.mark.parametrize("n", [201, 900])
def test_above_200_it_is_normal_and_close_to_the_exact_one(n):
    mean, sd = n * (n + 1) / 4, math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    for z in (-3, -2, -0.5):
        v = int(mean + z * sd)
        assert lower_tail(n, v) == pytest.approx(stats.norm.cdf((v + 0.5 - mean) / sd), rel=1e-12)
    for tail in (0.025, 1e-4):
        number = counted_off(n, tail)
        assert lower_tail(n, number - 1) <= tail < lower_tail(n, number)


@pytest.mark.slow
@law
@given(st.lists(st.integers(-6, 8), min_size=3, max_size=14), st.integers(1, 4), st.sampled_from([None, 0.3, 1.5]))
def test_an_interval_excludes_0_if_and_only_if_p_is_at_most_alpha(differences, size, floor):
    pairs = pairs_of(differences)
    if not pairs.varies:
        return
    for estimate in (HodgesLehmannEstimate(pairs), MeanEstimate(pairs)):
        found = Inference(estimate, size, floor)
        for alpha in (0.001, 0.01, 0.05, 0.2, 0.5, 0.9):
            for interval, p in (
                (found.over_seeds(alpha), found.p_adjusted),
                (found.over_images(alpha), found.p_over_images),
            ):
                if p is not None and abs(p - alpha) > 1e-9:
                    excluded = interval is not None and (interval.low > 0 or interval.high < 0)
                    assert excluded == (p <= alpha)


@law
@given(st.lists(st.integers(-9, 9), min_size=7, max_size=14), st.integers(1, 3), st.floats(0, 3))
def test_over_images_no_interval_is_narrower(differences, size, floor):
    pairs = pairs_of(differences)
    if not pairs.varies:
        return
    for estimate in (HodgesLehmannEstimate(pairs), MeanEstimate(pairs)):
        found = Inference(estimate, size, floor)
        inner, outer = found.over_seeds(ALPHA), found.over_images(ALPHA)
        assert (inner is None) == (outer is None)
        if inner is None or outer is None:
            continue
        assert outer.low <= inner.low + 1e-12 and outer.high >= inner.high - 1e-12
        assert found.p_over_images >= found.p_adjusted
        reach = NormalDist().inv_cdf(1 - ALPHA / (2 * size)) * floor
        assert (estimate.value - outer.low) ** 2 == pytest.approx((estimate.value - inner.low) ** 2 + reach**2)


@law
@given(st.lists(st.floats(-1, 1), min_size=8, max_size=14, unique=True), st.sampled_from([-1e6, 1e6, math.inf]))
def test_a_bad_run_moves_the_typical_difference_by_no_more_than_its_rank_can(differences, bad):
    d = np.array(differences)
    averages = averages_of(d)
    worse = HodgesLehmannEstimate(pairs_of(np.append(d, bad))).value
    middle, step = len(averages) / 2, len(d) + 1
    low, high = averages[max(0, math.floor(middle - step))], averages[min(len(averages) - 1, math.ceil(middle + step))]
    assert low - 1e-12 <= worse <= high + 1e-12


@pytest.mark.parametrize(("alpha", "size", "n"), [(0.05, 1, 6), (0.05, 3, 7), (0.05, 6, 8), (0.05, 7, 9), (0.5, 1, 2)])
def test_fewest_pairs(alpha, size, n):
    assert fewest(alpha, size) == n
    assert 2 / 2**n <= alpha / size < 2 / 2 ** (n - 1)


@pytest.mark.parametrize(
    ("size", "first_that_takes_two", "first_that_takes_three"), [(1, 12, 17), (3, 14, 20), (6, 16, 21)]
)
def test_bad_runs_that_can_set_an_end_are_those_whose_loss_leaves_it_without_a_limit(
    size: int, first_that_takes_two: int, first_that_takes_three: int
) -> None:
    for n in range(fewest(ALPHA, size), 22):
        bad = runs_at_an_end(n, ALPHA, size)
        for lost, reached in ((bad - 1, False), (bad, True)):
            d = np.arange(1.0, n + 1)
            d[:lost] = -math.inf
            low, _ = HodgesLehmannEstimate(pairs_of(d)).over_seeds(ALPHA / (2 * size)) or (None, None)
            assert (low == -math.inf) == reached
        assert bad == 1 + (n >= first_that_takes_two) + (n >= first_that_takes_three)
    assert runs_at_an_end(fewest(ALPHA, size) - 1, ALPHA, size) == 0


def losses(broken: dict[str, list[int]], n: int = 10) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    base = rng.normal(0.4, 0.02, n)
    return pd.DataFrame(
        {
            "condition": label,
            "seed": seed,
            "test_loss": math.nan if seed in broken.get(label, []) else value,
            "status": "diverged" if seed in broken.get(label, []) else "ok",
        }
        for label, values in (("none", base), ("book", base - 0.05 + rng.normal(0, 0.01, n)))
        for seed, value in enumerate(values)
    )


def test_a_loss_that_diverged_is_worse_than_every_other():
    (found,) = compare(from_frame(losses({"book": [2, 3], "none": [3]})), "test_loss", "none").effects.values()
    assert (found.n_pairs, found.n_typical) == (8, 10)
    complete = np.array([pair.difference for pair in found.pairs])
    averages = averages_of(np.concatenate([complete, [math.inf, 0.0]]))
    assert found.typical_difference == pytest.approx(np.median(averages), rel=1e-12)
    assert found.typical_unbounded_high is True and found.typical_high is None
    assert found.typical_unbounded_low is False and found.typical_low is not None
    assert found.headline.high is None and found.headline.verdict in ("inconclusive", "superior")


def test_an_infinite_limit_is_null_and_no_verdict_forgets_it():
    (found,) = compare(from_frame(losses({"book": [1, 2, 3, 4]})), "test_loss", "none").effects.values()
    assert (found.headline.verdict, found.headline.high) == ("inconclusive", None)
    assert found.to_json()["typical_high_simultaneous"] is None


def test_a_gap_has_no_worst_value_and_leaves_pairs_out():
    frame = losses({"book": [2]}).rename(columns={"test_loss": "generalisation_gap"})
    (found,) = compare(from_frame(frame), "generalisation_gap", "none").effects.values()
    assert (found.n_pairs, found.n_typical, found.typical_unbounded_high) == (9, 9, False)


def scores(control: list[float], treated: list[float]) -> pd.DataFrame:
    arms = {"none": control, "book": treated}
    return pd.DataFrame(
        {"condition": label, "seed": seed, "test_accuracy": value}
        for label, values in arms.items()
        for seed, value in enumerate(values)
    )


def test_decimal_numbers_that_cancel_are_ties_as_their_counts_are():
    """Averages of 0 carry rounding: an end of the interval that is 0 covers it."""
    control, treated = [82, 76, 83, 84, 82, 75, 78], [84, 79, 86, 89, 79, 79, 83]
    decimal = scores([each / 100 for each in control], [each / 100 for each in treated])
    counts = decimal.drop(columns="test_accuracy").assign(test_correct=[*control, *treated], test_total=100)
    found, exact = (compare(from_frame(each), "test_accuracy", "none").effects["book"] for each in (decimal, counts))
    assert found.typical_low == exact.typical_low == found.hodges_lehmann_low == 0
    assert found.p_typical == exact.p_typical == pytest.approx(0.109375, rel=1e-12)
    assert found.headline.verdict == exact.headline.verdict == "inconclusive"


def test_a_bound_that_is_the_margin_but_for_rounding_covers_it():
    control, treated = [0.80, 0.81, 0.82, 0.83, 0.84, 0.85], [0.802, 0.813, 0.825, 0.834, 0.846, 0.856]
    found = compare(from_frame(scores(control, treated)), "test_accuracy", "none", margin=0.002).effects["book"]
    assert found.typical_low == pytest.approx(0.002, rel=1e-9)
    assert found.headline.verdict == "positive_magnitude_unclear"


def test_where_every_run_of_an_arm_diverged_it_is_worse_not_untested():
    found = compare(from_frame(losses({"book": list(range(10))})), "test_loss", "none").effects["book"]
    assert (found.n_pairs, found.n_typical, found.typical_difference) == (0, 10, None)
    assert found.typical_unbounded_high is True
    assert found.p_typical == pytest.approx(2 / 2**10, rel=1e-12)
    assert found.headline.verdict == "inferior"
