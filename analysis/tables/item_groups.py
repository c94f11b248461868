"""Test items that lie in groups: passages, subjects, documents, of which whole ones are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FEWEST_GROUPS = 10
"""Groups of items below which no interval over groups is given."""
FEWEST_OF_EQUAL_SIZE = 8
"""The same for what `ItemGroups.effective` says, where each item counts the same: below it a few groups decide."""


@dataclass(frozen=True, eq=False)
class ItemGroups:
    """Which items lie in one group.

    Parameters
    ----------
    order : ndarray of int, [N]
        The items, those of one group beside each other.
    sizes : ndarray of int, [G]
        Items of each group, in that order.
    """

    order: np.ndarray
    sizes: np.ndarray

    @classmethod
    def of(cls, labels: np.ndarray) -> ItemGroups | None:
        """Return the groups of items by the label of each; None where every item has a group of its own."""
        _, place, sizes = np.unique(labels, return_inverse=True, return_counts=True)
        return None if len(sizes) == len(labels) else cls(np.argsort(place, kind="stable"), sizes)

    @property
    def number(self) -> int:
        """Groups."""
        return len(self.sizes)

    @property
    def effective(self) -> float:
        """Groups of equal size that count as much: N^2 over the sum of squared sizes (Kish 1965)."""
        return float(self.sizes.sum() ** 2 / (self.sizes**2).sum())

    @property
    def too_few(self) -> str | None:
        """Why no interval over groups is given; None where one is."""
        counted = f"{self.number} group{'' if self.number == 1 else 's'}"
        if self.number < FEWEST_GROUPS:
            return f"there {'is' if self.number == 1 else 'are'} {counted}, and it takes at least {FEWEST_GROUPS}"
        if self.effective < FEWEST_OF_EQUAL_SIZE:
            counted += f" are of unlike size and count as {self.effective:.1f} of one size"
            return f"the {counted}, and it takes at least {FEWEST_OF_EQUAL_SIZE}"
        return None
