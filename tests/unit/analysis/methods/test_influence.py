"""The seed that a mean hangs on: found by its key, and the mean of the others by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.methods.influence import Influence, influence
from analysis.tables.pairing import pair

DIFFERENCES = np.array([1.0, 3.0, -9.0, 2.0, 5.0])


def of(differences: np.ndarray, seeds=None, scale=None):
    seeds = range(len(differences)) if seeds is None else seeds
    return influence(pair(("book", "none"), seeds, differences, np.zeros(len(differences)), scale)).result


def test_the_farthest_seed_and_the_mean_of_the_others() -> None:
    assert of(DIFFERENCES) == Influence(extreme_seed=2, mean_without_extreme=pytest.approx(11 / 4))
    shuffled = of(DIFFERENCES[[3, 2, 0, 4, 1]], seeds=[30, 20, 0, 40, 10])
    assert shuffled == Influence(extreme_seed=20, mean_without_extreme=pytest.approx(11 / 4))
    assert of(-DIFFERENCES).mean_without_extreme == pytest.approx(-11 / 4)
    assert of(DIFFERENCES.astype(int), scale=100).mean_without_extreme == pytest.approx(0.11 / 4)


def test_the_median_and_not_the_mean_says_what_is_far() -> None:
    """From the median, 0, the one at 5 is farther than that at -4.5; from the mean, 0.9, it is nearer."""
    assert of(np.array([3.0, 0.0, 5.0, 0.0, -4.5, 0.0, 3.0])).extreme_seed == 2


@pytest.mark.parametrize("differences", [[], [1.0], [1.0, 2.0], [1.0, 1.0, 1.0]])
def test_nothing_is_said_of_few_or_equal_seeds(differences: list[float]) -> None:
    assert of(np.array(differences)) == Influence()
