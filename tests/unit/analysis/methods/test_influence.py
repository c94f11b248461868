"""The seed that a mean hangs on: found by its key, and the mean of the others by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.methods.influence import Influence, influence
from analysis.tables.loading import load
from analysis.tables.pairing import pair
from analysis.tables.table import from_frame

DIFFERENCES = np.array([1.0, 3.0, -9.0, 2.0, 5.0])
SHARE = pytest.approx(9.4**2 / (0.6**2 + 2.6**2 + 9.4**2 + 1.6**2 + 4.6**2), rel=1e-12)
"""About the mean, 0.4: of the one at -9."""


def of(differences: np.ndarray, seeds=None, scale=None):
    seeds = range(len(differences)) if seeds is None else seeds
    return influence(pair(("book", "none"), seeds, differences, np.zeros(len(differences)), scale)).result


def test_the_farthest_seed_and_the_mean_of_the_others() -> None:
    assert of(DIFFERENCES) == Influence(
        extreme_seed=2, mean_without_extreme=pytest.approx(11 / 4), variance_share_of_extreme_seed=SHARE
    )
    shuffled = of(DIFFERENCES[[3, 2, 0, 4, 1]], seeds=[30, 20, 0, 40, 10])
    assert shuffled == Influence(
        extreme_seed=20, mean_without_extreme=pytest.approx(11 / 4), variance_share_of_extreme_seed=SHARE
    )
    assert of(-DIFFERENCES).mean_without_extreme == pytest.approx(-11 / 4)
    assert of(DIFFERENCES.astype(int), scale=100).mean_without_extreme == pytest.approx(0.11 / 4)


def test_the_median_and_not_the_mean_says_what_is_far() -> None:
    """From the median, 0, the one at 5 is farther than that at -4.5; from the mean, 0.9, it is nearer."""
    assert of(np.array([3.0, 0.0, 5.0, 0.0, -4.5, 0.0, 3.0])).extreme_seed == 2


@pytest.mark.parametrize("differences", [[], [1.0], [1.0, 2.0], [1.0, 1.0, 1.0]])
def test_nothing_is_said_of_few_or_equal_seeds(differences: list[float]) -> None:
    assert of(np.array(differences)) == Influence()


@pytest.mark.parametrize(("n", "far", "fragile"), [(8, 4.0, True), (7, 4.0, False), (8, 1.5, False)])
def test_a_mean_that_one_seed_makes_more_than_half_of_is_fragile(n: int, far: float, fragile: bool) -> None:
    """Alternating differences of 1 and -1, and one farther off."""
    differences = np.array([1.0, -1.0] * 4)[:n]
    differences[-1] = -far
    found = of(differences / 100)
    assert found.fragile(n) is fragile
    rows = {"condition": ["none"] * n + ["a"] * n, "seed": [*range(n)] * 2}
    values = np.concatenate([np.full(n, 0.8), 0.8 + differences / 100])
    whole = compare(from_frame(pd.DataFrame(rows).assign(x_accuracy=values)), "x_accuracy", "none")
    said = [text for text in whole.warnings if "the mean is fragile" in text]
    if fragile:
        share = round(100 * found.variance_share_of_extreme_seed)
        mean, without = 100 * differences.mean() / 100, differences[:-1].mean()
        assert share > 50
        assert said == [
            f"the mean is fragile: seed 7 makes {share}% of the variance of the differences; without it: "
            f"a {without:+.2f} instead of {mean:+.2f} points"
        ]
        folds = pd.DataFrame(rows).assign(x_accuracy=values).rename(columns={"seed": "fold"})
        of_folds = compare(load(folds), "x_accuracy", "none", test_fraction=0.1)
        assert any(each.startswith("the mean is fragile: split 7 makes") for each in of_folds.warnings)
    else:
        assert said == []


def test_the_boundary_is_more_than_one_half() -> None:
    assert not Influence(variance_share_of_extreme_seed=0.5).fragile(8)
    assert Influence(variance_share_of_extreme_seed=0.5001).fragile(8)
