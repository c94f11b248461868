"""Standard errors to expect of more seeds and more test images, and what the further summaries come to."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.answer.variance import _shares
from analysis.methods.dose_response import dose_response
from analysis.methods.random_effects import crossed, mean_squares
from analysis.methods.self_check import LEVELS, self_check
from analysis.methods.summary import DifferenceSummary, summary_of_differences
from analysis.methods.two_way_interval import _alone
from analysis.methods.variance_components import SeedVariance
from analysis.tables.item_groups import ItemGroups
from analysis.tables.pairing import pair


@pytest.fixture
def gains() -> np.ndarray:
    """Seeds and images that both matter, [12, 300]."""
    rng = np.random.default_rng(5)
    return rng.normal(0, 0.4, (12, 1)) + rng.normal(0, 0.8, 300) + rng.normal(0, 1, (12, 300))


def expected(gains: np.ndarray, seeds: float, images: float) -> float:
    """Return the standard error by components of variance: each divided by what averages it out."""
    rows, columns = gains.shape
    ms = mean_squares(gains)
    by_seed, by_image = (ms.seeds - ms.interaction) / columns, (ms.images - ms.interaction) / rows
    rows, columns = rows * seeds, columns * images
    return math.sqrt(by_seed / rows + by_image / columns + ms.interaction / (rows * columns))


@pytest.mark.parametrize(("seeds", "images"), [(1, 1), (2, 1), (10, 1), (1, 4), (3, 5)])
def test_a_projection_is_what_the_components_of_variance_give(gains, seeds, images):
    assert crossed(gains).projected(seeds, images) == pytest.approx(expected(gains, seeds, images), rel=1e-12)


def test_projections_end_at_the_floors(gains):
    found = crossed(gains)
    assert found.projected(seeds=10**12) == pytest.approx(found.floor, rel=1e-6)
    assert found.projected(images=10**12) == pytest.approx(found.seed_floor, rel=1e-6)
    assert min(found.floor, found.seed_floor) > 0


def test_the_interval_of_the_floor_is_that_of_a_mean_over_images(gains):
    """Image by image: the square of its centred mean, less what seeds add to that."""
    rows, columns = gains.shape
    centred = gains - gains.mean(axis=1, keepdims=True)
    terms = []
    for image in centred.T:
        within = sum((each - image.mean()) ** 2 for each in image) / (rows - 1)
        terms.append((image.mean() ** 2 - within / rows) * columns / (columns - 1))
    found, reach = crossed(gains), 1.959963984540054 * np.std(terms, ddof=1) / columns**1.5
    assert found.floor == pytest.approx(math.sqrt(np.mean(terms) / columns), rel=1e-12)
    assert found.floor_low == pytest.approx(math.sqrt(found.floor**2 - reach), rel=1e-12)
    assert found.floor_high == pytest.approx(math.sqrt(found.floor**2 + reach), rel=1e-12)


def test_components_below_zero_are_cut_off_and_the_projection_starts_where_the_standard_error_is():
    alternating = np.array([[1.0, -1.0], [-1.0, 1.0], [1.0, -1.0]])
    found = crossed(alternating + np.array([[0.1], [0.0], [-0.1]]))
    assert found.floor == found.seed_floor == 0
    assert found.projected() == pytest.approx(found.standard_error)
    assert found.projected(seeds=4) == pytest.approx(found.standard_error / 2)


def test_seeds_that_halve_do_and_one_fewer_does_not(gains):
    found = crossed(gains + np.random.default_rng(1).normal(0, 1, (12, 1)))
    need = found.seeds_to_halve
    assert need > 4 * 12, "the floor makes it dearer than four times"
    base = gains + np.random.default_rng(1).normal(0, 1, (12, 1))
    half = found.standard_error / 2
    assert expected(base, need / 12, 1) <= half < expected(base, (need - 1) / 12, 1)


def test_no_number_of_seeds_halves_what_is_mostly_floor():
    rng = np.random.default_rng(2)
    found = crossed(rng.normal(0, 1, 200) + rng.normal(0, 0.1, (20, 200)))
    assert found.seeds_to_halve is None
    assert _alone(found, 0.05).surer_by == "images"
    turned = crossed((rng.normal(0, 1, 20) + rng.normal(0, 0.1, (200, 20))).T)
    assert _alone(turned, 0.05).surer_by == "seeds"


def test_summary_of_differences_in_the_metrics_own_unit():
    treated, untreated = np.array([8510, 8505, 8530, 8490, 8520]), np.full(5, 8500)
    found = summary_of_differences(pair(("a", "b"), range(5), treated, untreated, 10_000)).result.to_json()
    assert found == pytest.approx(
        {
            "median_difference": 0.001,
            "trimmed_mean_difference": (0.0005 + 0.001 + 0.002) / 3,
            "lower_quartile_difference": 0.0005,
            "upper_quartile_difference": 0.002,
        }
    )
    empty = pair(("a", "b"), [], np.empty(0, int), np.empty(0, int), 10_000)
    assert summary_of_differences(empty).result == DifferenceSummary()


def test_shares_of_the_split_add_up_and_nothing_has_none():
    assert _shares(SeedVariance(4.0, 3.0, 1.0)).lasting_share == 0.75
    assert _shares(SeedVariance(4.0, 3.0, 1.0)).churn_share == 0.25
    assert _shares(SeedVariance(0.5, 0.0, 1.0)).churn_share == 1, "churn beyond what is seen is all of it"
    assert _shares(SeedVariance(0.0, 0.0, 0.0)).churn_share is None


def test_the_fitted_curve_passes_through_values_that_lie_on_one():
    rates = np.array([0.0, 0.2, 0.5])
    values = 0.8 + 0.3 * rates - 0.4 * rates**2 + np.array([[0.0], [0.01], [0.05]])
    found = dose_response(rates, values, None, 0.05, direction="higher")
    assert found.coefficients == pytest.approx((0.82, 0.3, -0.4))


@pytest.mark.parametrize("n", [8, 20])
def test_calibration_agrees_with_the_checks_at_alpha_and_rises(n):
    rng = np.random.default_rng(n)
    family = [
        pair((f"c{k}", "none"), range(n), rng.integers(8400, 8600, n), rng.integers(8400, 8600, n), 10_000)
        for k in range(3)
    ]
    found = self_check(family, 0.05)
    calibration, at = found.calibration, LEVELS.index(0.05)
    assert calibration is not None
    assert calibration.levels == LEVELS
    for check in found.checks:
        achieved = calibration.achieved[check.name]
        assert achieved[at] == check.achieved
        assert list(achieved) == sorted(achieved)
        assert (calibration.floor[at], calibration.limit[at]) == (check.floor, check.limit)
    by_max_t = np.array(calibration.achieved["max-t, any condition"])
    assert (by_max_t <= np.array(calibration.limit)).all(), "a test by flips is exact under flips"


def test_nothing_to_check_has_no_calibration():
    same = pair(("a", "none"), range(5), np.full(5, 3), np.full(5, 3), 10)
    assert self_check([same], 0.05).calibration is None


def test_the_upper_limit_of_the_floor_of_groups_is_what_their_effects_could_make_at_most():
    """One group holds all there is to see, so that without it the mean square is 0."""
    gains = np.zeros((4, 30))
    gains[:, :3] = [[1, 1, 1], [1, 1, 0], [1, 1, 1], [1, 0, 1]]
    found = crossed(gains, None, ItemGroups.of(np.arange(30) // 3))
    assert found.floor_low == pytest.approx(0, abs=1e-9)
    assert found.floor_high == pytest.approx(1 / math.sqrt(10), rel=1e-12)
