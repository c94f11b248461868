"""When a study is decided: by the sequence against the margin, or by the floor of the test set."""

from __future__ import annotations

import pytest

from analysis.methods.confidence_sequence import Look
from analysis.methods.median_sequence import MedianLook
from bench.assurance.stopping import ABOVE, BELOW, IMAGES, OPEN, WITHIN, state


@pytest.mark.parametrize(
    ("mean", "half_width", "expected"),
    [
        (0.02, 0.005, ABOVE),
        (-0.02, 0.005, BELOW),
        (0.001, 0.005, WITHIN),
        (0.008, 0.005, OPEN),
        (0.015, 0.0049, ABOVE),
        (0.015, 0.0051, OPEN),
        (0.0, None, OPEN),
    ],
)
def test_states(mean: float, half_width: float | None, expected: str) -> None:
    assert state(Look(n=20, mean=mean, half_width=half_width, log_e_value=0.0), 0.01, None, None) == expected


def test_seeds_that_hardly_matter_any_more_end_it() -> None:
    look = Look(n=500, mean=0.008, half_width=0.005, log_e_value=0.0)
    assert state(look, 0.01, standard_error=0.00029, floor=0.001) == IMAGES
    assert state(look, 0.01, standard_error=0.00031, floor=0.001) == OPEN
    assert state(look, 0.01, standard_error=0.0, floor=0.0) == OPEN


def test_without_a_margin_the_sign_decides() -> None:
    assert state(Look(n=20, mean=0.008, half_width=0.005, log_e_value=0.0), 0.0, None, None) == ABOVE
    assert state(Look(n=20, mean=0.004, half_width=0.005, log_e_value=0.0), 0.0, None, None) == OPEN


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.011, 0.05, ABOVE), (-0.05, -0.011, BELOW), (-0.009, 0.003, WITHIN), (0.01, 0.05, OPEN), (None, None, OPEN)],
)
def test_states_of_the_median(low: float | None, high: float | None, expected: str) -> None:
    look = MedianLook(n=20, median=0.012, low=low, high=high, log_e_value=0.0)
    assert state(look, 0.01, None, None) == expected
