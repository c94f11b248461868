"""Studies of fewer seeds: against enumeration, and where nothing can be said."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.methods.sign_agreement import SIZES
from analysis.tables.table import from_frame

DIFFERENCES = np.array([5.0, -2.0, 1.0, -7.0, 9.0, 4.0, -1.0, 3.0, -3.0, 2.0])


def told(differences: np.ndarray) -> Mapping[int, float | None]:
    n = len(differences)
    frame = pd.DataFrame(
        {
            "condition": ["none"] * n + ["book"] * n,
            "seed": [*range(n), *range(n)],
            "score": [*np.zeros(n), *differences],
        }
    )
    return compare(from_frame(frame), "score", "none").effects["book"].opposite_sign


@pytest.mark.parametrize("size", [1, 3, 5])
@pytest.mark.parametrize("side", [1, -1])
def test_the_share_is_that_of_all_subsets(size: int, side: int) -> None:
    sums = np.array([sum(each) for each in itertools.combinations(side * DIFFERENCES, size)])
    exact = float(np.mean((1 - side * np.sign(sums)) / 2))
    found = told(side * DIFFERENCES)[size]
    assert found == pytest.approx(exact, abs=1e-12 if size == 1 else 4 * 0.5 / np.sqrt(20_000))
    assert 0 < exact < 0.5


def test_nothing_is_said_of_more_than_half_of_the_seeds_or_without_a_direction() -> None:
    assert [told(DIFFERENCES)[size] is None for size in SIZES] == [False, False, False, True]
    assert set(told(np.array([1.0, -1.0, 2.0, -2.0])).values()) == {None}
    assert set(told(np.array([1.0])).values()) == {None}
