"""What methods hold at once with very many seeds, and that it changes no number."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from analysis.methods import self_check
from analysis.methods.variance_components import mean_squares, split_seed_variance
from analysis.tables.item_groups import ItemGroups


def peak(work: Callable[[], object]) -> int:
    """Return the most bytes that are held beside what was held before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("groups", [None, ItemGroups.of(np.arange(4_000) // 10)], ids=["alone", "grouped"])
def test_the_split_of_seed_variance_holds_no_second_matrix(groups: ItemGroups | None) -> None:
    correct = (np.random.default_rng(0).random((2_000, 4_000)) < 0.8).view(np.int8)
    assert peak(lambda: split_seed_variance(correct, groups)) < correct.nbytes / 2


def test_the_split_of_seed_variance_is_that_of_the_mean_squares() -> None:
    """Its definition: two-way random effects of the 0 and 1 themselves."""
    rng = np.random.default_rng(1)
    correct = (rng.random((40, 90)) < rng.random((40, 1))).view(np.int8)
    squares = mean_squares(correct.astype(float))
    (_, between), (_, rest) = squares[frozenset({0})], squares[frozenset({0, 1})]
    split = split_seed_variance(correct)
    assert (split.total, split.churn) == pytest.approx((between / 90, rest / 90), rel=1e-12)
    assert split.lasting == pytest.approx((between - rest) / 90, rel=1e-12)


def test_random_signs_come_in_parts_of_one_sequence(monkeypatch: pytest.MonkeyPatch) -> None:
    n = 30
    (whole,) = self_check._signs(n)
    monkeypatch.setattr(self_check, "_SIGNS_AT_ONCE", 7 * n + 3)
    assert np.array_equal(np.concatenate(list(self_check._signs(n))), whole)
    monkeypatch.undo()
    assert peak(lambda: [each.shape for each in self_check._signs(20_000)]) < 100 * 2**20
