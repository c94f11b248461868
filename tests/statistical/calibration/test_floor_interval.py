"""The interval of the standard error from the test set covers it, where few images make the effect."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.methods.random_effects import crossed

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

IMAGES = 1000


def chances(rng: np.random.Generator, images: int) -> tuple[np.ndarray, np.ndarray]:
    """Return at each image the chance that the control is right, and the condition: most are right in both."""
    ease = rng.normal(4, 2.5, images)
    return 1 / (1 + np.exp(-ease)), 1 / (1 + np.exp(-ease - rng.normal(0, 1, images)))


@pytest.mark.parametrize("seeds", [3, 10, 30])
def test_the_interval_of_the_floor_covers_it(seeds: int) -> None:
    """Of 600 studies: 95%, less 4 standard errors and 1.5 points for the skewness of effects; either end apart."""
    runs = 600
    control, condition = chances(np.random.default_rng(0), 2_000_000)
    truth = math.sqrt(float((condition - control).var()) / IMAGES)
    rng, above, below = np.random.default_rng(seeds), 0, 0
    for _ in range(runs):
        one, other = chances(rng, IMAGES)
        found = crossed(
            (rng.random((seeds, IMAGES)) < other).astype(np.int8) - (rng.random((seeds, IMAGES)) < one).astype(np.int8)
        )
        assert found is not None
        assert found.floor_low <= found.floor <= found.floor_high
        above += found.floor_low > truth
        below += found.floor_high < truth
    noise = 4 * math.sqrt(0.05 * 0.95 / runs)
    assert 0.03 - noise < (above + below) / runs < 0.065 + noise
    assert above / runs < 0.025 + 4 * math.sqrt(0.025 * 0.975 / runs)
