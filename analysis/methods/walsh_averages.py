"""Order statistics of the Walsh averages of differences, without holding all n (n + 1) / 2 of them.

A Walsh average is the mean of two differences, each with itself included. Differences may be infinite: a run that lost
to every other. An infinite one makes its averages infinite, but for two of unlike sign, whose average is 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

HELD_UP_TO = 2048
"""Up to this many finite differences all averages are made and sorted; above, they are counted."""


@dataclass(frozen=True, eq=False)
class WalshAverages:
    """The Walsh averages of `differences` float64 [n], n at least 1; infinite ones allowed.

    Averages up to `noise` count as 0: differences of decimal numbers cancel to that but for rounding.
    """

    differences: np.ndarray
    noise: float = 0.0

    def __len__(self) -> int:
        n = len(self.differences)
        return n * (n + 1) // 2

    def at(self, rank: int) -> float:
        """Return the average of this rank, 0 the smallest."""
        average = self._at(rank)
        return 0.0 if abs(average) <= self.noise else average

    def _at(self, rank: int) -> float:
        below, above = self._infinite
        if rank < below:
            return -np.inf
        if rank >= len(self) - above:
            return np.inf
        if self._all is not None:
            return float(self._all[rank - below])
        return self._selected(rank - below)

    @property
    def median(self) -> float:
        """The middle average; the mean of the middle two where their number is even."""
        lower, upper = self.at((len(self) - 1) // 2), self.at(len(self) // 2)
        return lower if lower == upper else float(np.sum([lower, upper]) / 2)

    @property
    def up_to_zero(self) -> int:
        """How many averages are at most 0."""
        return self._infinite[0] + self._finite_up_to(self.noise)

    @property
    def from_zero(self) -> int:
        """How many averages are at least 0."""
        return WalshAverages(-self.differences, self.noise).up_to_zero

    @cached_property
    def _sorted(self) -> np.ndarray:
        return np.sort(self.differences[np.isfinite(self.differences)])

    @cached_property
    def _all(self) -> np.ndarray | None:
        """Every finite average, ascending; None where they are too many to hold."""
        if len(self._sorted) > HELD_UP_TO:
            return None
        first, second = np.triu_indices(len(self._sorted))
        averages = (self._sorted[first] + self._sorted[second]) / 2
        return np.sort(np.concatenate([averages, np.zeros(self._opposed)]))

    @cached_property
    def _opposed(self) -> int:
        """Averages of two infinite differences of unlike sign."""
        return int(np.isposinf(self.differences).sum() * np.isneginf(self.differences).sum())

    @cached_property
    def _infinite(self) -> tuple[int, int]:
        """How many averages are infinite: below every number, and above."""
        finite, below = len(self._sorted), int(np.isneginf(self.differences).sum())
        above = int(np.isposinf(self.differences).sum())
        return below * finite + below * (below + 1) // 2, above * finite + above * (above + 1) // 2

    @cached_property
    def _distinct(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The finite differences, each once, ascending; how often each comes; how many are below each, and in all."""
        values, times = np.unique(self._sorted, return_counts=True)
        return values, times, np.concatenate([[0], np.cumsum(times)])

    def _finite_up_to(self, value: float) -> int:
        values, times, up_to = self._distinct
        partners = up_to[np.searchsorted(values, 2 * value - values, side="right")]
        with_itself = int(up_to[np.searchsorted(values, value, side="right")])
        return (int((times * partners).sum()) + with_itself) // 2 + (self._opposed if value >= 0 else 0)

    def _selected(self, rank: int) -> float:
        """Return the finite average of this rank by halving the numbers between which it lies.

        Floats are in the order of their bits, so that the search ends after 64 steps on the number itself.
        """
        low, high = _place(self._sorted[0]), _place(self._sorted[-1])
        if self._opposed:
            low, high = min(low, _place(0.0)), max(high, _place(0.0))
        while low < high:
            middle = (low + high) // 2
            if self._finite_up_to(_number(middle)) > rank:
                high = middle
            else:
                low = middle + 1
        return _number(low)


def _place(number: float) -> int:
    """Return the place of a finite float64 among all of them, 0 for zero."""
    bits = int(np.float64(abs(number)).view(np.int64))
    return -bits if number < 0 else bits


def _number(place: int) -> float:
    """Return the float64 at a place."""
    value = float(np.int64(abs(place)).view(np.float64))
    return -value if place < 0 else value
