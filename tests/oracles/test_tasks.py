"""Tasks: random effects against metafor (``tasks.R``, ``tasks_r.csv``), MOVER and scores against slow twins."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from analysis.methods.estimands import Inference
from analysis.methods.new_tasks import NewTasks, between_tasks, new_tasks, tasks_alone
from analysis.methods.ranks_over_tasks import pairs_over_tasks, signed_ranks
from analysis.methods.scores_over_tasks import RESAMPLES, improvement, interquartile_mean, scores_over_tasks
from analysis.methods.these_tasks import MeanOverTasks, these_tasks
from analysis.methods.typical import HodgesLehmannEstimate
from analysis.tables.pairing import pair
from analysis.tables.question import Question
from tests.oracles.agreement import agree

HERE = Path(__file__).parent
DATA = pd.read_csv(HERE / "tasks_data.csv")
BY_R = pd.read_csv(HERE / "tasks_r.csv", comment="#")
CASES = list(DATA["case"].unique())
ASKED = Question("score", "control", 0.05, None, direction="higher")
NARROWER = "narrower"


def of_case(case: str) -> tuple[np.ndarray, np.ndarray]:
    rows = DATA[DATA["case"] == case]
    return rows["estimate"].to_numpy(), rows["error"].to_numpy()


def test_every_case_is_compared() -> None:
    assert set(BY_R["case"]) == set(CASES) >= {"three", "three alike", "unequal", "alike", "same"}
    taus = BY_R[(BY_R["key"] == "tau") & (BY_R["size"] == 1)].set_index("case")["value"]
    assert (taus == 0).sum() >= 3
    assert (taus > 0).sum() >= 3


@pytest.mark.parametrize("case", CASES)
def test_random_effects_agree_with_metafor(case: str) -> None:
    for row in BY_R[BY_R["case"] == case].itertuples():
        found = new_tasks(*of_case(case), ASKED, int(row.size))
        if row.key == NARROWER:
            assert any("narrower" in text for text in found.warnings) == bool(row.value)
            continue
        ours = getattr(found.result, str(row.key))
        agree(ours, row.value, (case, row.size, row.key), rel=2e-8, near_zero=1e-12)


@pytest.mark.parametrize("case", [case for case in CASES if case != "same"])
def test_the_variance_between_tasks_is_where_a_slow_likelihood_is_greatest(case: str) -> None:
    """The restricted likelihood as the density of T - 1 contrasts of the estimates, maximised by scipy."""
    y, errors = of_case(case)
    contrasts = np.eye(len(y))[1:] - 1 / len(y)

    def against(log_tau2: float) -> float:
        covariance = contrasts @ np.diag(errors**2 + np.exp(log_tau2)) @ contrasts.T
        return -stats.multivariate_normal(np.zeros(len(y) - 1), covariance, allow_singular=False).logpdf(contrasts @ y)

    largest = np.log(np.ptp(y) ** 2)
    starts = np.linspace(largest - 25, largest, 40)
    best = starts[np.argmin([against(each) for each in starts])]
    slow = np.exp(optimize.minimize_scalar(against, bounds=(best - 1, best + 1), options={"xatol": 1e-9}).x)
    tau2 = float(between_tasks(y, errors**2))
    assert tau2 == pytest.approx(slow, rel=1e-5, abs=1e-6 * np.ptp(y) ** 2)
    assert against(np.log(max(tau2, np.exp(largest - 40)))) <= against(np.log(slow)) + 1e-9


@pytest.mark.slow
def test_many_studies_at_once_are_each_alone() -> None:
    rng = np.random.default_rng(5)
    y, v = rng.normal(0, 1, (60, 7)), rng.uniform(0.01, 3, (60, 7))
    together = between_tasks(y, v)
    assert together == pytest.approx([float(between_tasks(*each)) for each in zip(y, v, strict=True)], rel=1e-12)


@pytest.mark.parametrize("size", [1, 5])
def test_where_the_task_is_the_unit_it_is_the_t_test_of_the_tasks(size: int) -> None:
    values = np.array([0.3, -0.1, 0.8, 0.45, 0.2])
    found, by_scipy = tasks_alone(values, ASKED, size).result, stats.ttest_1samp(values, 0)
    assert (found.low, found.high) == pytest.approx(tuple(by_scipy.confidence_interval(1 - 0.05 / size)), rel=1e-12)
    assert (found.low_90, found.high_90) == pytest.approx(
        tuple(by_scipy.confidence_interval(1 - 0.1 / size)), rel=1e-12
    )
    assert (found.estimate, found.p) == pytest.approx((values.mean(), min(1, size * by_scipy.pvalue)), rel=1e-12)
    assert (found.tau, found.prediction_low) == (None, None)
    assert tasks_alone(values[:2], ASKED, 1).result.reason == "2 tasks; new tasks of this kind need at least 3"
    assert tasks_alone(np.full(4, 0.2), ASKED, 1).result.low is None


def test_tasks_without_error_of_equal_size_are_a_one_sample_t_test() -> None:
    """No sampling error at all, and equal ones that are small beside the spread: closed forms."""
    y = np.array([0.3, -0.1, 0.5, 0.2, 0.9, 0.4])
    for error in (0.0, 0.05):
        found = new_tasks(y, np.full(6, error), ASKED, 1).result
        interval = stats.ttest_1samp(y, 0).confidence_interval()
        agree(found.low, interval.low, ("t", error))
        agree(found.high, interval.high, ("t", error))
        agree(found.p, stats.ttest_1samp(y, 0).pvalue, ("t", error))
        agree(found.tau, np.sqrt(y.var(ddof=1) - error**2), ("tau", error))


def test_too_few_tasks_and_the_same_estimate_everywhere_give_no_interval() -> None:
    for y, why in (([0.1, 0.2], "at least 3"), ([0.1] * 4, "are the same")):
        found = new_tasks(np.array(y), np.full(len(y), 0.1), ASKED, 2)
        assert (found.result.low, found.result.p, found.result.prediction_low) == (None, None, None)
        assert why in (found.result.reason or "")
        assert found.result.verdict == "cannot_test"
    assert new_tasks(np.array([0.0, 0.0, 0.4]), np.array([0.0, 0.0, 0.4]), ASKED, 1).result == NewTasks(
        verdict="cannot_test",
        reason="differences do not vary with the seed on some tasks, and do not differ between tasks",
    )


def inference(differences: np.ndarray, size: int, floor: float | None = None) -> Inference:
    zeros = np.zeros(len(differences))
    return Inference(HodgesLehmannEstimate(pair(("a", "b"), range(len(zeros)), differences, zeros)), size, floor)


@pytest.mark.parametrize("floor", [None, 0.3])
@pytest.mark.parametrize("size", [1, 3])
def test_the_mean_of_tasks_has_the_interval_of_a_sum_of_independent_parts(size: int, floor: float | None) -> None:
    rng = np.random.default_rng(2)
    columns = [rng.normal(0.6, 1, n) for n in (9, 12, 30)]
    parts = [inference(each, size, floor) for each in columns]
    ends = []
    for each in columns:  # Walsh averages and the signed-rank distribution by enumeration of scipy's own
        walsh = np.sort([(a + b) / 2 for a, b in itertools.combinations_with_replacement(each, 2)])
        tail, n = 0.05 / (2 * size), len(each)
        below = _distribution(n).cumsum()
        cut = int((below <= tail * (1 + 1e-12)).sum())
        low, high, middle = walsh[cut - 1], walsh[-cut], float(np.median(walsh))
        reach = 0.0 if floor is None else stats.norm.isf(tail) * floor
        ends.append((middle, middle - np.hypot(middle - low, reach), middle + np.hypot(high - middle, reach)))
    middles, lows, highs = np.array(ends).T
    found = these_tasks(parts, ASKED)
    agree(found.estimate, middles.mean(), "mean")
    agree(found.low, middles.mean() - np.sqrt(((middles - lows) ** 2).sum()) / 3, "low")
    agree(found.high, middles.mean() + np.sqrt(((highs - middles) ** 2).sum()) / 3, "high")


def _distribution(n: int) -> np.ndarray:
    """Return the probabilities of the signed-rank sum by multiplying out its generating function."""
    polynomial = np.array([1.0])
    for rank in range(1, n + 1):
        polynomial = np.convolve(polynomial, np.r_[0.5, np.zeros(rank - 1), 0.5])
    return polynomial


def test_its_p_is_the_least_alpha_at_which_the_interval_excludes_zero() -> None:
    rng = np.random.default_rng(8)
    for shift, floor in ((0.5, None), (0.9, 0.2), (0.0, None)):
        mean = MeanOverTasks([inference(rng.normal(shift, 1, 14), 2, floor) for _ in range(4)])
        p = mean.p
        below, at = mean.ends(p * (1 - 1e-9)), mean.ends(min(1.0, p * (1 + 1e-9)))
        assert below is None or below[0] <= 0 <= below[1]
        assert p == 1 or (at is not None and not at[0] <= 0 <= at[1])


def test_signed_ranks_over_tasks_are_scipys() -> None:
    rng = np.random.default_rng(4)
    for _ in range(20):
        values = rng.normal(0.3, 1, 11)
        expected = stats.wilcoxon(values, method="exact").pvalue
        agree(signed_ranks(list(values)), expected, "signed ranks")
    assert signed_ranks([0.1, 0.2]) is None
    tied = [0.1 + 0.2, 0.3, -0.3, 0.4, 0.0]  # 0.1 + 0.2 ties with 0.3
    flips = [abs(sum(s * r for s, r in zip(signs, (2, 2, 2, 4), strict=True))) for signs in
             itertools.product((-1, 1), repeat=4)]  # fmt: skip
    agree(signed_ranks(tied), sum(each >= 6 for each in flips) / 16, "ties")


def test_pairs_count_tasks_in_the_direction_of_the_metric_and_are_adjusted_together() -> None:
    differences = {("a", "b"): [0.1, 0.2, 0.3, -0.4, 0.0], ("c", "b"): [1.0, 2.0, 3.0, 4.0, 5.0], ("c", "a"): [1.0]}
    higher, lower = (pairs_over_tasks(differences, each) for each in ("higher", "lower"))
    assert [(each.wins, each.ties, each.losses) for each in higher] == [(3, 1, 1), (5, 0, 0), (1, 0, 0)]
    assert [(each.wins, each.ties, each.losses) for each in lower] == [(1, 1, 3), (0, 0, 5), (0, 0, 1)]
    assert {each.wins for each in pairs_over_tasks(differences, None)} == {None}
    assert [each.p_wilcoxon for each in higher][1:] == [0.0625, None]
    assert [each.p_holm for each in higher] == [higher[0].p_wilcoxon, 0.125, None]


def test_scores_of_runs_are_those_of_scipy() -> None:
    """Interquartile mean and probability of improvement as rliable defines them."""
    rng = np.random.default_rng(6)
    runs = [rng.normal(t, 1, 10) for t in range(5)]
    control = [np.rint(10 * rng.normal(t - 0.3, 1, 8)) / 10 for t in range(5)]
    runs[0][:4] = control[0][:4]
    agree(interquartile_mean(runs), stats.trim_mean(np.concatenate(runs), 0.25), "iqm")
    each = [stats.mannwhitneyu(a, b).statistic / (len(a) * len(b)) for a, b in zip(runs, control, strict=True)]
    agree(improvement(runs, control), float(np.mean(each)), "improvement")


@pytest.mark.slow
def test_the_bootstrap_is_stratified_by_task() -> None:
    """Its limits against a slow bootstrap with other random numbers, to four standard errors of a quantile."""
    rng = np.random.default_rng(7)
    runs = [rng.normal(20 * t, 1, 9) for t in range(4)]
    control = [each - 0.8 + rng.normal(0, 1, 9) for each in runs]
    found = scores_over_tasks({"a": runs, "none": control}, {"a": control}, 0.05, "higher", common_scale=True)[0]
    slow = []
    for _ in range(1_000):
        one, other = ([rng.choice(each, len(each)) for each in arm] for arm in (runs, control))
        slow.append((stats.trim_mean(np.concatenate(one), 0.25), improvement(one, other)))
    for at, name in enumerate(("interquartile_mean", "improvement")):
        drawn = np.array(slow)[:, at]
        for end, level in ((f"{name}_low", 0.025), (f"{name}_high", 0.975)):
            density = stats.gaussian_kde(drawn)(np.quantile(drawn, level))[0]
            error = np.sqrt(level * (1 - level) * (1 / len(drawn) + 1 / RESAMPLES)) / density
            assert abs(getattr(found, end) - np.quantile(drawn, level)) < 4 * error
    worse = scores_over_tasks({"a": runs}, {"a": control}, 0.05, "lower", common_scale=False)[0]
    assert worse.interquartile_mean is None
    assert worse.improvement == pytest.approx(1 - found.improvement)
