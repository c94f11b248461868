"""An estimate, its intervals at every level, over seeds and over test images too, and the p-values that are theirs.

What is estimated has two sides: which centre of the differences (their mean, or the typical difference), and over
what (new seeds, or new test images as well). Both centres get the same treatment here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from analysis.methods.p_value import SMALLEST, probability
from analysis.methods.quantiles import quantile
from analysis.methods.verdict import Interval

Ends = tuple[float, float]
"""Lower and upper end of an interval; infinite where it has no limit."""

_PRECISION = 1e-12
"""Relative precision of a p-value that is searched for."""


class Estimate(Protocol):
    """A centre of the differences, in the metric's own unit."""

    @property
    def value(self) -> float:
        """The estimate itself; infinite where runs that lost to every other are in the middle."""
        ...

    def over_seeds(self, tail: float) -> Ends | None:
        """Return the interval over new seeds with error `tail` at each end; None where there is none."""
        ...

    @property
    def p(self) -> float:
        """Two-sided p of 0 by that interval, at most 1."""
        ...


@dataclass(frozen=True)
class Inference:
    """What an estimate shows, as one of a family.

    Parameters
    ----------
    estimate : Estimate
    size : int
        Conditions in the family: errors are divided by it (Bonferroni).
    floor : float or None
        Standard error from the test set; None where new test images cannot be spoken of.
    floor_df : float or None
        Its degrees of freedom, where groups of images are drawn; None where these are single images, which are many.
    """

    estimate: Estimate
    size: int
    floor: float | None = None
    floor_df: float | None = None

    def alone(self, alpha: float) -> Ends | None:
        """Return the interval over seeds at 1 - alpha, of this condition by itself."""
        return self.estimate.over_seeds(alpha / 2)

    def over_seeds(self, alpha: float) -> Interval | None:
        """Return the interval over seeds at 1 - alpha over the family, and the one at 1 - 2 alpha."""
        return both(self._seeds, alpha)

    def over_images(self, alpha: float) -> Interval | None:
        """Return the same over new test images too."""
        return None if self.floor is None else both(self._images, alpha)

    def ends(self, alpha: float) -> Ends | None:
        """Return the interval at 1 - alpha over the family: over new test images too where these can be spoken of."""
        return self._seeds(alpha) if self.floor is None else self._images(alpha)

    @property
    def p(self) -> float:
        """p over seeds, of this condition by itself."""
        return probability(self._p)

    @property
    def p_adjusted(self) -> float:
        """p over seeds, adjusted over the family."""
        return probability(min(1.0, self.size * self._p))

    @property
    def p_over_images(self) -> float | None:
        """p over seeds and images, adjusted over the family."""
        if self.floor is None:
            return None
        return max(self.p_adjusted, least_alpha(self._images))

    @cached_property
    def _p(self) -> float:
        return self.estimate.p

    def _seeds(self, alpha: float) -> Ends | None:
        return self.estimate.over_seeds(alpha / (2 * self.size))

    def _images(self, alpha: float) -> Ends | None:
        """Return the interval over seeds, each end moved by what new images add (Zou and Donner 2008, MOVER)."""
        ends = self._seeds(alpha)
        if ends is None or self.floor is None:
            return None
        middle, reach = self.estimate.value, quantile(alpha / (2 * self.size), self.floor_df) * self.floor
        if not math.isfinite(middle):
            return ends
        low, high = ends
        return middle - math.hypot(middle - low, reach), middle + math.hypot(high - middle, reach)


def both(ends: Callable[[float], Ends | None], alpha: float) -> Interval | None:
    """Return the interval at 1 - alpha with the one at 1 - 2 alpha, from what gives one at any level."""
    outer = ends(alpha)
    inner = ends(2 * alpha) if 2 * alpha < 1 else None
    return None if outer is None else Interval(*outer, *(inner or (None, None)))


def least_alpha(ends: Callable[[float], Ends | None]) -> float:
    """Return the least alpha whose interval excludes 0, by halving on the logarithm; 1 where none does."""

    def excludes(alpha: float) -> bool:
        found = ends(alpha)
        return found is not None and (found[0] > 0 or found[1] < 0)

    if not excludes(1.0):
        return 1.0
    low, high = math.log(SMALLEST), 0.0
    if excludes(SMALLEST):
        return SMALLEST
    while high - low > _PRECISION:
        middle = (low + high) / 2
        if excludes(math.exp(middle)):
            high = middle
        else:
            low = middle
    return math.exp(high)
