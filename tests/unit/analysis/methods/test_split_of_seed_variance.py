"""The split of the variance over seeds has exact zeros: what does not vary has no variance, and no shares of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.answer.variance import SplitByTestSet, variance_by_source
from analysis.methods.variance_components import SeedVariance, split_seed_variance
from analysis.tables.item_groups import ItemGroups
from analysis.tables.table import from_frame

IMAGES = 360
GROUPS = np.arange(IMAGES) // 9
NOTHING = SplitByTestSet(total=0.0, lasting=0.0, churn=0.0, lasting_share=None, churn_share=None)


def split(correct: np.ndarray, grouped: bool) -> SplitByTestSet:
    """Return what `analysis variance` says of trials whose images are right or wrong as in `correct` [S, N]."""
    rows = [
        {"condition": "a", "seed": seed, "status": "ok", "test_correct": int(right.sum()), "test_total": len(right),
         "test_bits": np.packbits(right).tobytes()} | ({"test_groups": GROUPS} if grouped else {})
        for seed, right in enumerate(correct)
    ]  # fmt: skip
    (found,) = variance_by_source(from_frame(pd.DataFrame(rows)), "test_accuracy", 0.05).conditions
    assert found.test_set is not None
    return found.test_set


@pytest.mark.parametrize("grouped", [False, True], ids=["alone", "grouped"])
@pytest.mark.parametrize("seeds", [2, 3, 7])
def test_seeds_with_the_same_predictions_do_not_vary(seeds: int, grouped: bool) -> None:
    for right in range(0, IMAGES + 1, 7):
        assert split(np.tile(np.arange(IMAGES) < right, (seeds, 1)), grouped) == NOTHING


@pytest.mark.parametrize("grouped", [False, True], ids=["alone", "grouped"])
def test_seeds_of_one_accuracy_that_err_on_other_images_have_no_shares(grouped: bool) -> None:
    found = split(np.array([np.roll(np.arange(IMAGES) < 300, 31 * seed) for seed in range(3)]), grouped)
    assert (found.total, found.lasting, found.lasting_share, found.churn_share) == (0.0, 0.0, None, None)
    assert found.churn > 0


@pytest.mark.parametrize("groups", [None, ItemGroups.of(GROUPS)], ids=["alone", "grouped"])
def test_seeds_that_are_right_everywhere_or_nowhere_have_no_churn(groups: ItemGroups | None) -> None:
    correct = np.repeat(np.array([[1], [1], [0]], np.int8), IMAGES, axis=1)
    assert split_seed_variance(correct, groups) == SeedVariance(1 / 3, 1 / 3, 0.0)


@pytest.mark.parametrize("seed", range(20))
def test_groups_of_one_image_split_as_images_do(seed: int) -> None:
    rng = np.random.default_rng(seed)
    correct = (rng.random((6, 50)) < rng.random((6, 1))).astype(np.int8)
    alone, grouped = (
        split_seed_variance(correct),
        split_seed_variance(correct, ItemGroups(np.arange(50), np.ones(50, int))),
    )
    assert (grouped.total, grouped.lasting, grouped.churn) == pytest.approx(
        (alone.total, alone.lasting, alone.churn), rel=1e-12, abs=1e-15
    )
