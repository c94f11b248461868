"""Lack of fit of the parabola against Hotelling's test of statsmodels, and against a t test where there is one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multivariate import test_mvmean as hotelling

from analysis.answer.all_conditions import with_control
from analysis.answer.compare import compare
from analysis.methods.dose_response import dose_response
from analysis.methods.lack_of_fit import LackOfFit, lack_of_fit
from analysis.methods.selection import Selection
from analysis.tables.table import from_frame
from tests.oracles.agreement import agree

RATES = np.array([0.0, 0.1, 0.25, 0.5, 0.7, 0.8])


def studies(n: int, k: int, seed: int = 0) -> np.ndarray:
    """Return values [n, k] with a level, slopes and noise of each seed, the noise unlike at each rate."""
    rng = np.random.default_rng([n, k, seed])
    rates = RATES[:k]
    own = (
        rng.normal(0.8, 0.02, (n, 1)) + rates * rng.normal(0.1, 0.05, (n, 1)) - rates**2 * rng.normal(0.2, 0.1, (n, 1))
    )
    return own + rng.normal(0, 0.01, (n, k)) @ rng.normal(0, 1, (k, k))


@pytest.mark.parametrize(("n", "k"), [(5, 5), (12, 5), (30, 6), (4, 6)])
def test_agrees_with_hotellings_test_of_statsmodels_on_residuals(n: int, k: int) -> None:
    """T2 is the same in any basis: here the residuals of each seed's own polynomial at the first k - 3 rates."""
    values = studies(n, k)
    residuals = np.array([own - np.polyval(np.polyfit(RATES[:k], own, 2), RATES[:k]) for own in values])
    expected = hotelling(residuals[:, : k - 3])
    found = lack_of_fit(RATES[:k], values)
    agree(found.lack_of_fit_t2, expected.t2, (n, k, "t2"))
    agree(found.lack_of_fit_p, expected.pvalue, (n, k, "p"))


def test_four_rates_are_a_t_test_of_the_cubic_coefficient() -> None:
    values = studies(9, 4)
    cubic = [np.polyfit(RATES[:4], own, 3)[0] for own in values]
    expected = stats.ttest_1samp(cubic, 0)
    found = lack_of_fit(RATES[:4], values)
    agree(found.lack_of_fit_t2, expected.statistic**2, "t squared")
    agree(found.lack_of_fit_p, expected.pvalue, "p")


def test_what_cannot_be_tested_is_null() -> None:
    assert lack_of_fit(RATES[:3], studies(9, 3)) == LackOfFit()
    assert lack_of_fit(RATES, studies(3, 6)) == LackOfFit()
    level = np.linspace(0, 1, 7)[:, None] + np.array([0.0, 1.0, 3.0, 2.0])
    assert lack_of_fit(RATES[:4], level) == LackOfFit(), "seeds that differ in level alone"
    assert lack_of_fit(RATES[:4], level + level * RATES[:4] ** 2) == LackOfFit(), "and in their own parabola"


def test_a_plateau_with_a_cliff_has_no_optimum() -> None:
    rng = np.random.default_rng(3)
    cliff = np.array([0.80, 0.82, 0.82, 0.82, 0.82, 0.60]) + rng.normal(0, 0.003, (16, 6))
    found = dose_response(RATES, cliff, None, 0.05, "higher")
    assert found.lack_of_fit_p is not None
    assert found.lack_of_fit_p < 1e-6
    assert (found.identified, found.optimum, found.optimum_low, found.optimum_high) == (False, None, None, None)
    assert found.b2 is not None
    smooth = 0.8 + 0.3 * RATES - 0.4 * RATES**2 + rng.normal(0, 0.003, (16, 6))
    found = dose_response(RATES, smooth, None, 0.05, "higher")
    assert found.identified
    assert found.lack_of_fit_p is not None
    assert not dose_response(RATES, smooth, None, found.lack_of_fit_p, "higher").identified, "rejected at its own p"


@pytest.mark.slow
def test_it_holds_its_level() -> None:
    """Of 2,000 studies without lack of fit 5% are rejected, within 4 standard errors."""
    p = [lack_of_fit(RATES[:5], studies(8, 5, seed)).lack_of_fit_p for seed in range(2000)]
    rejected = np.mean([each is not None and each <= 0.05 for each in p])
    assert abs(rejected - 0.05) < 4 * (0.05 * 0.95 / 2000) ** 0.5


def test_the_keys_are_in_the_answer() -> None:
    rates = np.repeat(RATES[:5], 12)
    frame = pd.DataFrame({"condition": [f"d{each}" for each in rates], "rate": rates, "seed": [*range(12)] * 5})
    told = compare(from_frame(frame.assign(x_accuracy=studies(12, 5).T.ravel())), "x_accuracy", "d0.0").to_json()
    expected = lack_of_fit(RATES[:5], studies(12, 5))
    assert told["dose_response"]["lack_of_fit_t2"] == pytest.approx(expected.lack_of_fit_t2, rel=1e-9)
    assert told["dose_response"]["lack_of_fit_p"] == pytest.approx(expected.lack_of_fit_p, rel=1e-9)


def test_the_control_leaves_the_best_only_where_one_of_them_is_shown_to_be_better() -> None:
    found = Selection(n=9, best_set=("a", "b"))
    undecided = with_control(found, "none", better=["c"])
    assert undecided is not None
    assert undecided.best_set == ("none", "a", "b")
    assert with_control(found, "none", better=["b"]) == found
    assert with_control(undecided, "none", better=[]) == undecided


def test_the_best_and_the_verdicts_agree() -> None:
    """The lead of "a" is beyond 5% one-sided, and undecided by the headline."""
    lead = np.array([3.0, 1, -1, 2, 1, -1, 2, 1]) / 100
    rows = {"condition": ["none"] * 8 + ["a"] * 8, "seed": [*range(8)] * 2, "x_accuracy": [*([0.5] * 8), *(0.5 + lead)]}
    whole = compare(from_frame(pd.DataFrame(rows)), "x_accuracy", "none")
    assert stats.ttest_1samp(lead, 0, alternative="greater").pvalue < 0.05
    assert whole.effects["a"].headline.verdict == "inconclusive"
    assert whole.selection is not None
    assert whole.selection.best_set == ("none", "a")
