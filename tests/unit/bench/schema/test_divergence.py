"""The rule of divergence: the limit itself counts as chance, however its fraction rounds, in runner and analysis."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from analysis.tables import divergence
from analysis.tables.reading import LOSS_NOT_FINITE
from bench import schema
from bench.record import rows

TOTALS = (20, 40, 60, 97, 100, 120, 180, 1_000, 10_000, 60_000)


def at_the_limit() -> list[tuple[int, int, int]]:
    """Return (classes, total, correct) around the limit: the last count at chance, and the first that is not."""
    found = []
    for classes in range(2, 101):
        for total in TOTALS:
            last = int((Fraction(1, classes) + Fraction(1, 20)) * total)
            found += [(classes, total, last), (classes, total, last + 1)]
    return found


def status_of(classes: int, total: int, correct: int) -> str:
    finite = dict.fromkeys(("train_loss", "test_loss", "running_train_loss"), 1.0)
    return rows.status(
        finite | {"test_correct": correct, "test_total": total, "classes": classes, "stays_at_chance": False}
    )


@pytest.mark.slow
def test_runner_and_analysis_agree_with_exact_fractions() -> None:
    for classes, total, correct in at_the_limit():
        expected = Fraction(correct, total) <= Fraction(1, classes) + Fraction(1, 20)
        assert (status_of(classes, total, correct) == schema.DIVERGED) == expected, (classes, total, correct)
        frame = pd.DataFrame(
            {"condition": ["x"], "test_correct": [correct], "test_total": [total], LOSS_NOT_FINITE: [False]}
        )
        (marked,), _ = divergence.diverged(frame, 1 / classes, frozenset())
        assert marked == expected, (classes, total, correct)


def test_23_right_of_60_with_3_classes_are_at_chance() -> None:
    assert status_of(3, 60, 23) == schema.DIVERGED
    assert status_of(3, 60, 24) == schema.OK


@pytest.mark.parametrize(
    ("finite", "at_chance", "stays", "diverged"),
    [(True, False, False, False), (True, True, False, True), (True, True, True, False), (False, False, True, True)],
)
def test_a_condition_meant_to_stay_at_chance_diverges_by_its_loss_alone(
    finite: bool, at_chance: bool, stays: bool, diverged: bool
) -> None:
    assert schema.has_diverged(finite, at_chance, stays) is diverged
    (of_array,) = schema.has_diverged(np.array([finite]), np.array([at_chance]), np.array([stays]))
    assert of_array == diverged


def test_nothing_is_at_a_chance_that_is_not_known_and_no_nan_at_any() -> None:
    assert not schema.is_at_chance(0.0, None)
    assert schema.is_at_chance(np.array([0.1, 0.15, 0.16, np.nan]), 0.1).tolist() == [True, True, False, False]
