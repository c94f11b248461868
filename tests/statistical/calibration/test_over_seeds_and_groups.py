"""Over new seeds and new groups of test items: outcomes right or wrong, from chances whose mean difference is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest

from analysis.methods.estimands import Ends, Inference
from analysis.methods.mean_family import MeanEstimate
from analysis.methods.random_effects import crossed
from analysis.methods.typical import HodgesLehmannEstimate
from analysis.tables.item_groups import ItemGroups
from bench.schema.known_metrics import MEAN, TYPICAL
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import ALPHA, NORMAL, generator

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS = 2_000
ALIKE, UNLIKE, TELLING, SKEWED = "of 10", "of 1 to 30", "of 1 to 30, larger ones gain", "of skewed sizes"
OF_FEW = (
    "the variance between few groups, or groups of unlike size, is an estimate itself; where hardly anything but the "
    "items differs the interval is wider than it need be"
)
AS_ITEMS = "shown for contrast: items of a group are not independent"


@dataclass(frozen=True)
class Spread:
    """Half widths of uniform effects on the chance that the condition is right, and what it gains on average."""

    name: str
    seed: float
    group: float
    both: float
    item: float
    gain: float = 0.0


SPREADS = (
    Spread("groups differ", 0.02, 0.2, 0.03, 0.1),
    Spread("seeds and groups differ", 0.05, 0.15, 0.07, 0.08, 0.05),
    Spread("seeds differ", 0.08, 0.03, 0.03, 0.1, 0.05),
    Spread("items differ alone", 0.0, 0.0, 0.0, 0.2),
    Spread("nothing differs", 0.0, 0.0, 0.0, 0.0),
)
CELLS = [
    *((groups, sizes, seeds) for groups in (10, 40) for sizes in (ALIKE, UNLIKE) for seeds in (3, 5, 10, 30)),
    *((groups, sizes, 10) for groups in (20, 40) for sizes in (TELLING, SKEWED)),
    (200, UNLIKE, 10), (200, UNLIKE, 30),
]  # fmt: skip


def sizes_of(rng: np.random.Generator, groups: int, sizes: str) -> np.ndarray:
    """Return sizes of groups that an interval is given for: drawn until they are."""
    found = once(rng, groups, sizes)
    while ItemGroups(np.arange(found.sum()), found).too_few is not None:
        found = once(rng, groups, sizes)
    return found


def once(rng: np.random.Generator, groups: int, sizes: str) -> np.ndarray:
    if sizes == ALIKE:
        return np.full(groups, 10)
    if sizes == SKEWED:
        return np.ceil(np.exp(rng.normal(1.5, 1.0, groups))).astype(int)
    return rng.integers(1, 31, groups)


def drawn(rng: np.random.Generator, size: np.ndarray, spread: Spread, seeds: int, by_size: float) -> np.ndarray:
    """Return gains [S, N]: no chance leaves [0, 1], so that none of the effects is cut off."""
    groups, items = len(size), int(size.sum())
    group = np.repeat(np.arange(groups), size)
    own = spread.group * rng.uniform(-1, 1, groups) * (1 - by_size) + by_size * 0.1 * (size - 15.5) / 14.5
    base = 0.5 + 0.1 * rng.uniform(-1, 1, items)
    chance = base + spread.gain + spread.seed * rng.uniform(-1, 1, (seeds, 1)) + own[group]
    chance = chance + (spread.both * rng.uniform(-1, 1, (seeds, groups)))[:, group]
    chance += spread.item * rng.uniform(-1, 1, items)
    assert chance.min() >= 0 and chance.max() <= 1
    return (rng.random((seeds, items)) < chance).astype(np.int8) - (rng.random((seeds, items)) < base).astype(np.int8)


def missed(ends: Ends | None, truth: float) -> bool:
    return ends is not None and not ends[0] <= truth <= ends[1]


@pytest.mark.parametrize(("groups", "sizes", "seeds"), CELLS)
def test_of_the_interval_over_seeds_and_groups(groups: int, sizes: str, seeds: int, ledger: Ledger) -> None:
    """Where larger groups gain more, what is estimated is the gain of an item, not that of a group."""
    runs, rates = RUNS if groups < 200 else RUNS // 2, []
    for spread in SPREADS[:3] if sizes != ALIKE or seeds == 30 else SPREADS:
        by_size = 1.0 if sizes == TELLING else 0.0
        truth = spread.gain + by_size * 0.1 / 14.5 * (30**2 - 1) / 12 / 15.5
        rng, found = generator("seeds and groups", groups, sizes, seeds, spread.name), Counter[str]()
        for _ in range(runs):
            size = sizes_of(rng, groups, sizes)
            gains = drawn(rng, size, spread, seeds, by_size)
            pairs = NORMAL.pairs(gains.mean(axis=1))
            estimate = crossed(gains, None, ItemGroups.of(np.repeat(np.arange(groups), size)))
            assert estimate is not None
            of = (1, estimate.floor, estimate.floor_df)
            found["two-way"] += missed(estimate.interval(ALPHA), truth)
            found[MEAN] += missed(Inference(MeanEstimate(pairs), *of).ends(ALPHA), truth)
            found[TYPICAL] += missed(Inference(HodgesLehmannEstimate(pairs), *of).ends(ALPHA), truth)
        told = {MEAN: "headline, mean difference", "two-way": "two-way interval"}
        if HodgesLehmannEstimate(pairs).over_seeds(ALPHA / 2) is not None:
            told[TYPICAL] = "headline, typical difference"
        data = f"{groups} groups {sizes}; {spread.name}"
        rates += [
            Rate(f"{name}, over seeds and groups", "interval misses its value", data, seeds, ALPHA, found[key], runs,
                 most=0.07, why=OF_FEW)
            for key, name in told.items()
        ]  # fmt: skip
    ledger.check(rates)


def test_items_of_groups_taken_as_single_ones_miss_more_often(ledger: Ledger) -> None:
    """Why the interval is over groups where a table names them."""
    rng, found, spread = generator("seeds and groups as items"), 0, SPREADS[0]
    for _ in range(RUNS):
        gains = drawn(rng, np.full(25, 20), spread, 10, 0.0)
        estimate = crossed(gains)
        assert estimate is not None
        found += missed(Inference(MeanEstimate(NORMAL.pairs(gains.mean(axis=1))), 1, estimate.floor).ends(ALPHA), 0.0)
    told = ("headline, mean difference, over seeds and items", "interval misses its value")
    data = "25 groups of 20, no group named"
    ledger.check([Rate(*told, data, 10, ALPHA, found, RUNS, most=1.0, least=0.12, why=AS_ITEMS)])
