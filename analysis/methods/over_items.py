"""One run a condition: the difference on new test items of these two trained networks, which says nothing of others."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from analysis.base.records import Record
from analysis.methods.failure_rates import mcnemar
from analysis.methods.p_value import probability
from analysis.methods.result import Finding, Method, Sample
from analysis.methods.score_interval import PairedProportions
from analysis.tables.item_groups import FEWEST_GROUPS

_SAME = 1e-12
"""Differences that only rounding parts."""


@dataclass(frozen=True, kw_only=True)
class OverItems(Method):
    """What one pair of runs shows over new items; None where there are more pairs, or the items are not known.

    Parameters
    ----------
    items_difference : float or None
        Difference of the two runs, in the metric's own unit; with groups of items, the mean over groups.
    items_low, items_high : float or None
        Interval at 1 - alpha over the family, for new items and these two trained networks.
    p_items : float or None
        Least alpha at which that interval excludes 0.
    p_mcnemar_items : float or None
        Exact p of McNemar's test, of this comparison alone; None for a gap, and with groups of items.
    n_items, n_item_groups : int or None
        Items, and groups of them; the second is None where the table names no groups.
    """

    items_difference: float | None = None
    items_low: float | None = None
    items_high: float | None = None
    p_items: float | None = None
    p_mcnemar_items: float | None = None
    n_items: int | None = None
    n_item_groups: int | None = None

    @classmethod
    def compute(cls, sample: Sample) -> Mapping[str, Finding[Record]]:
        """Return what each comparison of the family shows over items."""
        gains = sample.gains
        found: dict[str, Finding[Record]] = {}
        for pairs in sample.family:
            if gains is None or pairs.n != 1 or pairs.condition not in sample.with_images:
                found[pairs.condition] = Finding(OverItems())
                continue
            by_item, added = gains.gains(pairs)
            offset = None if added is None else float(added[0])
            asked = (sample.question.alpha, sample.size)
            found[pairs.condition] = over_items(by_item[:1][0], offset, gains.groups, asked)
        return found


def over_items(
    gains: np.ndarray, offset: float | None, groups: np.ndarray | None, asked: tuple[float, int]
) -> Finding[Record]:
    """Return what one pair of runs shows over new items.

    Parameters
    ----------
    gains : ndarray of int, [N]
        -1, 0 or 1 at each item.
    offset : float or None
        What is added to their mean, where the metric is a gap.
    groups : ndarray of int, [N], or None
        The group of each item.
    asked : (alpha, size)
        Error rate of the family, and its conditions.
    """
    alpha, size = asked
    if groups is not None:
        return _over_groups(gains, offset or 0.0, groups, asked)
    pair = PairedProportions(int((gains > 0).sum()), int((gains < 0).sum()), len(gains))
    null = -(offset or 0.0)
    p = probability(min(1.0, size * pair.p(null)))
    low, high = _agreeing(pair.interval(alpha / size), pair.difference, null, p <= alpha)
    exact = mcnemar((pair.gained, pair.lost)) if offset is None else None
    return Finding(
        OverItems(
            items_difference=pair.difference - null,
            items_low=low - null,
            items_high=high - null,
            p_items=p,
            p_mcnemar_items=exact,
            n_items=pair.items,
        ),
        _parted(pair, p, exact, asked),
    )


def _parted(pair: PairedProportions, p: float, exact: float | None, asked: tuple[float, int]) -> tuple[str, ...]:
    """Return a warning where the interval leaves out 0 and the exact test, adjusted alike, does not reject it."""
    alpha, size = asked
    if exact is None or p > alpha or size * exact <= alpha:
        return ()
    return (
        f"{pair.gained + pair.lost} items tell the two networks apart, and by McNemar's exact test they may be as good "
        f"as each other (p = {min(1.0, size * exact):.3g}): of so few the interval over items is rough",
    )


def _agreeing(ends: tuple[float, float], found: float, null: float, excluded: bool) -> tuple[float, float]:
    """Return an interval that leaves out `null` if and only if that is `excluded`, where rounding parts the two."""
    low, high = ends
    if found > null:
        low = max(low, math.nextafter(null, math.inf)) if excluded else min(low, null)
    elif found < null:
        high = min(high, math.nextafter(null, -math.inf)) if excluded else max(high, null)
    return low, high


def _over_groups(gains: np.ndarray, offset: float, groups: np.ndarray, asked: tuple[float, int]) -> Finding[Record]:
    """Return the mean of the groups' means, each group counting the same, with its t interval."""
    alpha, size = asked
    _, place = np.unique(groups, return_inverse=True)
    means = np.bincount(place, weights=gains) / np.bincount(place)
    n, middle = len(means), float(means.mean()) + offset
    values = OverItems(items_difference=middle, n_items=len(gains), n_item_groups=n)
    unlike = _unlike(middle, float(gains.mean()) + offset)
    if n < FEWEST_GROUPS or np.ptp(means) == 0:
        return Finding(values, (f"{no_interval(n)}; items_low, items_high and p_items are null", *unlike))
    error = float(means.std(ddof=1)) / math.sqrt(n)
    p = probability(min(1.0, size * 2 * float(special.stdtr(n - 1, -abs(middle) / error))))
    reach = -float(special.stdtrit(n - 1, alpha / (2 * size))) * error
    low, high = _agreeing((middle - reach, middle + reach), middle, 0.0, p <= alpha)
    found = replace(values, items_low=low, items_high=high, p_items=p)
    return Finding(found, unlike)


def is_same(over_groups: float, plain: float) -> bool:
    """Return whether groups that count the same give the difference of items that count the same."""
    return abs(over_groups - plain) <= _SAME


def _unlike(over_groups: float, plain: float) -> tuple[str, ...]:
    """Return a warning where what counts the same, a group or an item, makes another difference."""
    if is_same(over_groups, plain):
        return ()
    return (
        f"groups of items are of unlike size: the difference is {100 * over_groups:+.2f} points with each group "
        f"counting the same, and {100 * plain:+.2f} points with each item",
    )


def no_interval(groups: int) -> str:
    """Return why so many groups of items give no interval: there are too few, or they do not vary."""
    counted = f"{groups} group{'' if groups == 1 else 's'} of items"
    if groups < FEWEST_GROUPS:
        return f"{counted}: an interval needs at least {FEWEST_GROUPS}"
    return f"the same difference in each of {counted}"
