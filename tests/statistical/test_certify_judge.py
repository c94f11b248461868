"""The judge of rung 4 errs as seldom as it says, and decides the margins that it says it can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bench.assurance.certify import judge
from bench.assurance.certify.distribution import collapsed, judge_arms
from bench.assurance.certify.finding import EQUIVALENT, INCOMPLETE, INCONCLUSIVE, NOT_EQUIVALENT, Check
from bench.assurance.certify.ladder import overall

SIMULATIONS, N = 1000, 40
LIMIT = stats.binom.ppf(0.9999, SIMULATIONS, judge.ALPHA) / SIMULATIONS
"""One simulated error rate of 5% in 10,000 lies above."""
ONE = judge.Rule(1)


def share_of(outcome: bool | None, check: Callable[[np.random.Generator], Check]) -> float:
    rng = np.random.default_rng(1)
    return float(np.mean([check(rng).holds is outcome for _ in range(SIMULATIONS)]))


@pytest.mark.slow
def test_means_that_differ_by_the_margin_are_called_equivalent_in_5_percent() -> None:
    def check(rng: np.random.Generator) -> Check:
        return judge.mean("m", rng.normal(1, 1, N), rng.normal(0, 1.5, N), 1.0, ONE)

    assert 0.02 < share_of(True, check) <= LIMIT


@pytest.mark.slow
def test_the_smallest_margin_is_decided_in_80_percent() -> None:
    error = (2 / N) ** 0.5
    margin = judge.smallest_margin(error, 2 * N - 2)

    def check(rng: np.random.Generator) -> Check:
        return judge.mean("m", rng.normal(0, 1, N), rng.normal(0, 1, N), margin, ONE)

    assert 0.75 < share_of(True, check) < 0.85


@pytest.mark.slow
def test_means_that_agree_are_called_different_in_no_more_than_5_percent() -> None:
    def check(rng: np.random.Generator) -> Check:
        return judge.mean("m", rng.normal(0, 1, N), rng.normal(0, 1, N), 1e-9, ONE)

    assert share_of(False, check) <= LIMIT


@pytest.mark.slow
@pytest.mark.parametrize("df", [5, 1000])
def test_spreads_that_differ_by_the_margin_are_called_equivalent_in_5_percent(df: int) -> None:
    def check(rng: np.random.Generator) -> Check:
        return judge.spread("s", 1.5 * rng.standard_t(df, 100), rng.standard_t(df, 100), 1.5, ONE)

    assert share_of(True, check) <= LIMIT


@pytest.mark.slow
def test_shares_that_differ_by_the_margin_are_called_equivalent_in_5_percent() -> None:
    def check(rng: np.random.Generator) -> Check:
        return judge.share("c", rng.random(200) < 0.2, rng.random(200) < 0.1, 0.1, ONE)

    assert share_of(True, check) <= LIMIT


def test_no_collapse_in_either_arm_of_100_is_equivalent() -> None:
    none = np.zeros(100, dtype=bool)
    check = judge.share("c", none, none, 0.05, judge.Rule(8))
    assert check.holds
    assert check.figures["p_fisher"] == 1
    assert check.figures["engine"]["exact_95"][1] == pytest.approx(0.0362, abs=1e-4)


def test_mean_absolute_deviation_of_a_normal_sample() -> None:
    """sigma sqrt(2 / pi), and sqrt((pi / 2 - 1) / n) for the standard error of its logarithm: both within 2%."""
    log_deviation, error = judge.log_deviation(np.random.default_rng(0).normal(5, 2, 20_000))
    assert np.exp(log_deviation) == pytest.approx(2 * (2 / np.pi) ** 0.5, rel=0.02)
    assert error == pytest.approx(((np.pi / 2 - 1) / 20_000) ** 0.5, rel=0.02)


def arm(seed: int, n: int = 150, shift: float = 0.0, spread: float = 1.0, **counts: int) -> list[dict[str, Any]]:
    """Return made-up trials of two epochs; `spiked` and `collapsed` say how many do."""
    rng = np.random.default_rng(seed)
    rows = []
    for index in range(n):
        tested = 0.84 + shift + 0.015 * spread * rng.normal()
        rise = 0.1 if index < counts.get("spiked", 0) else -0.03
        rows.append(
            {
                "running_train_loss": [0.45, 0.45 + rise + 0.006 * rng.normal()],
                "test_accuracy": [0.8, 0.1 if index < counts.get("collapsed", 0) else tested],
                "train_accuracy": tested + 0.015 + 0.0026 * rng.normal(),
            }
        )
    return rows


@pytest.mark.parametrize(
    ("loss", "accuracy", "diverged"), [(0.4, 0.8, False), (float("nan"), 0.8, True), (0.4, 0.15, True)]
)
def test_a_trial_collapses_by_the_rule_of_the_harness(loss: float, accuracy: float, diverged: bool) -> None:
    assert collapsed({"running_train_loss": [0.5, loss], "test_accuracy": [0.8, accuracy]}, 10) is diverged


def test_arms_of_one_distribution_are_equivalent() -> None:
    assert judge_arms(arm(1), arm(2), 10).verdict == EQUIVALENT


def test_few_trials_are_inconclusive() -> None:
    assert judge_arms(arm(1, n=20), arm(2, n=20), 10).verdict == INCONCLUSIVE
    assert judge_arms(arm(1, n=3), arm(2, n=3), 10).verdict == INCONCLUSIVE


@pytest.mark.parametrize(
    ("engine", "caught_by"),
    [
        (arm(1, shift=-0.03), "mean of test_accuracy"),
        (arm(1, spread=3.0), "spread of test_accuracy"),
        (arm(1, spiked=60), "share of trials that spike"),
        (arm(1, collapsed=40), "share of trials that collapse"),
    ],
    ids=["shift", "spread", "spikes", "collapses"],
)
def test_a_planted_difference_is_caught(engine: list[dict[str, Any]], caught_by: str) -> None:
    finding = judge_arms(engine, arm(2), 10)
    assert finding.verdict == NOT_EQUIVALENT
    assert caught_by in finding.failed()


def test_a_ladder_with_rungs_left_out_is_incomplete_but_may_refute() -> None:
    assert overall([judge_arms(arm(1), arm(2), 10)]) == INCOMPLETE
    assert overall([judge_arms(arm(1, shift=-0.03), arm(2), 10)]) == NOT_EQUIVALENT


def test_a_smaller_alpha_needs_wider_intervals_and_more_trials() -> None:
    """At alpha 0.0125 the inner interval has level 0.975, the outer one 1 - 0.0125 / 8."""
    whole, quarter = (judge_arms(arm(1), arm(2), 10, alpha) for alpha in (0.05, 0.0125))
    for wide, narrow in zip(quarter.checks, whole.checks, strict=True):
        assert wide.figures["inner_level"] == pytest.approx(0.975)
        assert wide.figures["outer_level"] == pytest.approx(1 - 0.0125 / 8)
        assert wide.figures["high"] - wide.figures["low"] > narrow.figures["high"] - narrow.figures["low"]
        assert wide.figures["smallest_margin"] > narrow.figures["smallest_margin"]


@pytest.mark.parametrize("events", [1, 3, 40])
def test_the_smallest_margin_of_a_share_is_decided_in_80_percent_or_more(events: int) -> None:
    """Of arms that have the share that was seen in both together; counts are few, so that 80% may be passed over."""
    ours, theirs = (np.arange(200) < each for each in (events // 2, events - events // 2))
    margin = judge.share("c", ours, theirs, 1.0, ONE).figures["smallest_margin"]
    counts = np.random.default_rng(0).binomial(200, events / 400, (4000, 2))
    pairs = [(int(ours), int(theirs)) for ours, theirs in counts]
    reach = {pair: max(map(abs, judge.newcombe(pair, (200, 200), 0.9))) for pair in set(pairs)}
    decided = float(np.mean([reach[pair] <= margin + 1e-9 for pair in pairs]))
    below = float(np.mean([reach[pair] < margin - 1e-9 for pair in pairs]))
    assert below - 0.03 < 0.8 < decided + 0.03


def test_the_smallest_margin_where_nothing_happened_is_just_decided() -> None:
    none = np.zeros(100, dtype=bool)
    margin = judge.share("c", none, none, 1.0, ONE).figures["smallest_margin"]
    assert judge.share("c", none, none, 1.001 * margin, ONE).holds
    assert judge.share("c", none, none, 0.999 * margin, ONE).holds is None
