"""The interval of the standard error from the test set covers it, where few images make the effect, and of groups."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.methods.random_effects import crossed
from analysis.tables.item_groups import ItemGroups
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import generator

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


NORMAL, HEAVY, RARE = "normal", "heavy tails (t on 5)", "from 1 group in 5"
MOST = {NORMAL: 0.075, HEAVY: 0.11, RARE: 0.27}
ALIKE, UNLIKE = "of one size", "of 2 to 18"
OF_FEW = "a variance of few groups is hardly known, the less the heavier the tails of their effects are"


def effects(rng: np.random.Generator, kind: str, groups: int) -> np.ndarray:
    """Return effects of groups, whose variance is 1."""
    if kind == HEAVY:
        return rng.standard_t(5, groups) / math.sqrt(5 / 3)
    drawn = rng.standard_normal(groups)
    return drawn if kind == NORMAL else drawn * (rng.random(groups) < 0.2) / math.sqrt(0.2)


def in_groups(rng: np.random.Generator, groups: int, sizes: str) -> ItemGroups:
    """Return groups that an interval is given for: drawn until they are."""
    while True:
        size = np.full(groups, 2) if sizes == ALIKE else 2 * rng.integers(1, 10, groups)
        found = ItemGroups.of(np.repeat(np.arange(groups), size))
        if found is not None and found.too_few is None:
            return found


@pytest.mark.parametrize("seeds", [3, 8, 30])
@pytest.mark.parametrize("groups", [10, 25, 100])
def test_the_interval_of_the_floor_of_groups(groups: int, seeds: int, ledger: Ledger) -> None:
    """At each end apart: a claim that no number of seeds is enough rests on the lower limit."""
    rates, runs = [], 1_000
    for kind, sizes, by_seed in (
        (NORMAL, ALIKE, 1), (NORMAL, UNLIKE, 1), (NORMAL, ALIKE, 10), (HEAVY, ALIKE, 1), (HEAVY, UNLIKE, 1),
        (RARE, ALIKE, 1),
    ):  # fmt: skip
        rng, above, below = generator("floor of groups", groups, seeds, kind, sizes, by_seed), 0, 0
        for _ in range(runs):
            drawn = in_groups(rng, groups, sizes)
            own = effects(rng, kind, groups) + math.sqrt(by_seed) * rng.standard_normal((seeds, groups))
            found = crossed(0.05 * np.repeat(own, drawn.sizes, axis=1), None, drawn)
            assert found is not None
            assert found.floor_low <= found.floor <= found.floor_high
            truth = 0.05 / math.sqrt(drawn.effective)
            above += found.floor_low > truth
            below += found.floor_high < truth
        name = "standard error from the test set, in groups"
        data = f"{groups} groups {sizes}, effects {kind}" + (
            ", 10 times that variance over seeds" if by_seed > 1 else ""
        )
        rates += [
            Rate(name, "upper limit is below it", data, seeds, 0.025, below, runs, most=MOST[kind], why=OF_FEW),
            Rate(name, "lower limit is above it", data, seeds, 0.025, above, runs, most=0.05, why=OF_FEW),
        ]
    ledger.check(rates)
