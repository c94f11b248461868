"""One run a condition over test items: networks of which each item's truth is known, at 30 to 10,000 items."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.methods.over_items import OverItems, over_items
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import ALPHA, generator

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS = 10_000
SHARES = {"a third discordant": (0.18, 0.15), "a tenth": (0.06, 0.04), "one in fifty": (0.015, 0.005),
          "nothing differs, a tenth": (0.05, 0.05)}  # fmt: skip
"""True shares of items that only the condition, and only the control, gets right."""

NEAR = "a normal approximation of counts: within half a point of its level"
OF_GROUPS = "means of few items are lattices, and of unlike spread"
LATTICE = (
    "a score interval covers its level on average, not at every share: with few discordant items counts are coarse"
)


@pytest.mark.parametrize("items", [30, 100, 300, 1_000, 10_000])
@pytest.mark.parametrize("name", SHARES)
def test_of_the_interval_over_items(name: str, items: int, ledger: Ledger) -> None:
    """Counted exactly where the outcomes are few; the shares are those of the population, and items are drawn."""
    won, lost = SHARES[name]
    draws = generator("items", name, items).multinomial(items, [won, lost, 1 - won - lost], RUNS)
    outcomes, times = np.unique(draws[:, :2], axis=0, return_counts=True)
    missed = sum(
        int(number) for (b, c), number in zip(outcomes, times, strict=True) if misses(_one(b, c, items), won - lost)
    )
    few = items * (won + lost) < 10
    limits = {"most": 0.065, "why": LATTICE} if few else {"most": 0.055, "least": 0.04, "why": NEAR}
    told = ("score interval over items", "misses the true difference", f"{items:,} items, {name}", 1, ALPHA)
    ledger.check([Rate(*told, missed, RUNS, **limits)])


def misses(found: OverItems, truth: float) -> bool:
    return found.items_low is not None and not found.items_low <= truth <= found.items_high


def _one(gained: int, lost: int, items: int) -> OverItems:
    gains = np.repeat(np.array([1, -1, 0], np.int8), [gained, lost, items - gained - lost])
    return over_items(gains, None, None, (ALPHA, 1)).result


@pytest.mark.parametrize(("groups", "sizes"), [(10, "alike"), (10, "unlike"), (25, "unlike"), (100, "unlike")])
def test_of_the_interval_over_groups(groups: int, sizes: str, ledger: Ledger) -> None:
    """Items of a group share what they gain; the sizes of groups are alike, or spread as 1 to 30."""
    rng = generator("groups", groups, sizes)
    missed = 0
    for _ in range(RUNS // 5):
        size = np.full(groups, 20) if sizes == "alike" else rng.integers(1, 31, groups)
        own = rng.beta(4, 16, (2, groups)) * 0.5  # shares of each group that one alone gets right, on average alike
        group = np.repeat(np.arange(groups), size)
        draw = rng.random(len(group))
        gains = (draw < own[0][group]).astype(int) - (draw > 1 - own[1][group])
        missed += misses(over_items(gains, None, group, (ALPHA, 1)).result, 0.0)
    data = f"{groups} groups of {sizes} size"
    told = ("t interval over groups of items", "misses the true difference", data, 1, ALPHA)
    ledger.check([Rate(*told, missed, RUNS // 5, most=0.06, least=0.035, why=OF_GROUPS)])


def test_items_of_a_group_taken_as_single_ones_miss_more_often(ledger: Ledger) -> None:
    """Groups that gain or lose as a whole: why the interval is over groups where a table names them."""
    rng = generator("groups as items")
    missed = 0
    for _ in range(RUNS // 5):
        group = np.repeat(np.arange(25), 20)
        own = rng.normal(0, 0.15, 25)
        gains = np.sign(np.where(rng.random(500) < 0.3, own[group] + rng.normal(0, 0.1, 500), 0)).astype(int)
        missed += misses(over_items(gains, None, None, (ALPHA, 1)).result, 0.0)
    told = ("score interval over items", "misses the true difference", "25 groups of 20, no group named", 1, ALPHA)
    why = "shown for contrast: items of a group are not independent"
    ledger.check([Rate(*told, missed, RUNS // 5, most=1.0, least=0.15, why=why)])
