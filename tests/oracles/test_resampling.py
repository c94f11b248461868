"""Misses of resampled studies against a slow twin that forms each study and takes its interval from it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from analysis.methods import resampling
from analysis.methods.resampling import SEED, resampled
from analysis.methods.self_check import self_check
from analysis.tables.pairing import Pairs, pair

ALPHA = 0.05


def family(n: int, arms: int, seed: int, scale: int | None = 10_000) -> list[Pairs]:
    rng = np.random.default_rng([n, arms, seed])
    control = rng.normal(8000, 60, n)
    made = []
    for k in range(arms):
        treated = control + rng.normal(20, 40, n) * rng.integers(0, 2, n)
        a, b = (np.rint(arm).astype(int) if scale else arm / 10_000 for arm in (treated, control))
        made.append(pair((f"c{k}", "none"), range(n), a, b, scale))
    return made


def walsh(d: np.ndarray) -> np.ndarray:
    return np.sort([(x + y) / 2 for x, y in itertools.combinations_with_replacement(d, 2)])


def signed_rank_quantile(n: int, tail: float) -> int:
    """Return how many sums of ranks, from 0, are at most `tail` likely together, by counting subsets."""
    ways = [1]
    for rank in range(1, n + 1):
        longer = ways + [0] * rank
        for total, number in enumerate(ways):
            longer[total + rank] += number
        ways = longer
    count, below = 0, 0
    while (below := below + ways[count]) / 2**n <= tail:
        count += 1
    return count


def slow(pairs: list[Pairs], number: int, estimand: str) -> float:
    n = pairs[0].n
    drawn = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=number)
    tail, missed = ALPHA / len(pairs) / 2, 0
    outside = signed_rank_quantile(n, tail)
    for times in drawn:
        any_missed = False
        for each in pairs:
            study = np.repeat(each.differences, times)
            if estimand == "mean":
                truth = each.differences.mean()
                low, high = stats.ttest_1samp(study, 0).confidence_interval(1 - 2 * tail)
                gone = np.ptp(study) > 0 and not low <= truth <= high
            else:
                truth, averages = np.median(walsh(each.differences)), walsh(study)
                gone = averages[outside - 1] > truth + 1e-9 or averages[-outside] < truth - 1e-9
            any_missed |= bool(gone)
        missed += any_missed
    return missed / number


@pytest.mark.slow
@pytest.mark.parametrize("estimand", ["typical", "mean"])
@pytest.mark.parametrize(("n", "arms", "scale"), [(8, 1, 10_000), (11, 3, 10_000), (13, 3, None)])
def test_misses_are_those_of_a_slow_twin(
    estimand: str, n: int, arms: int, scale: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resampling, "RESAMPLES", 300)
    pairs = family(n, arms, 4, scale)
    found = {each.estimand: each for each in resampled(pairs, pairs, ALPHA)}[estimand]
    assert found.n == n
    assert found.achieved == slow(pairs, 300, estimand)
    assert found.achieved is not None
    assert 0 < found.achieved < 0.5


def test_chunks_are_one_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = family(9, 2, 1)
    whole = resampled(pairs, pairs, ALPHA)
    monkeypatch.setattr(resampling, "_CELLS", 9 * 7)
    assert resampled(pairs, pairs, ALPHA) == whole


def test_one_bad_run_breaks_the_mean_and_not_the_typical_difference() -> None:
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 0.004, (16, 3))
    noise[3] += 0.12
    pairs = [pair((f"c{k}", "none"), range(16), noise[:, k] + 0.8, np.full(16, 0.8)) for k in range(3)]
    typical, mean = resampled(pairs, pairs, ALPHA)
    assert (typical.holds, mean.holds) == (True, False)
    assert mean.achieved is not None
    assert 0.33 < mean.achieved < 0.41, "(1 - 1/16)^16 = 36% of the draws leave the bad run out"
    assert (mean.nominal, mean.limit) == (0.05, 0.125)


def test_the_rate_at_which_it_does_not_hold_is_beyond_two_and_a_half_alpha(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = family(11, 3, 4)
    _, mean = resampled(pairs, pairs, ALPHA)
    assert mean.achieved is not None
    monkeypatch.setattr(resampling, "TIMES", mean.achieved / ALPHA * 1.001)
    assert resampled(pairs, pairs, ALPHA)[1].holds is True
    monkeypatch.setattr(resampling, "TIMES", mean.achieved / ALPHA * 0.999)
    assert resampled(pairs, pairs, ALPHA)[1].holds is False


def test_too_few_seeds_and_too_many_conditions_have_no_rate() -> None:
    seven = family(7, 2, 0)
    assert [(each.n, each.achieved, each.holds) for each in resampled(seven, seven, ALPHA)] == [(7, None, None)] * 2
    eight = family(8, 7, 0)
    typical, mean = resampled(eight, eight, ALPHA)
    assert (typical.achieved, typical.holds) == (None, None), "2 / 2^8 is above alpha / 7"
    assert mean.achieved is not None


def test_it_is_part_of_the_self_check() -> None:
    pairs = family(11, 2, 0)
    found = self_check(pairs, ALPHA)
    assert found.resampled == resampled(pairs, pairs, ALPHA)
    assert (found.resamples, found.resample_seed) == (2000, SEED)


def test_fractions_tie_where_their_counts_do() -> None:
    for seed in range(12):
        treated, control = np.random.default_rng(seed).integers(70, 80, (2, 14))
        counts = [pair(("a", "none"), range(14), treated, control, 100)]
        fractions = [pair(("a", "none"), range(14), treated / 100, control / 100)]
        assert resampled(counts, counts, ALPHA) == resampled(fractions, fractions, ALPHA)


def test_above_so_many_seeds_the_mean_alone_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "LARGEST", 11)
    assert [each.achieved is None for each in resampled(family(11, 2, 0), family(11, 2, 0), ALPHA)] == [False, False]
    assert [each.achieved is None for each in resampled(family(12, 2, 0), family(12, 2, 0), ALPHA)] == [True, False]
