"""The difference of two paired proportions: Tango's score test of any difference, and the interval that inverts it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy import optimize, special

from analysis.methods.p_value import probability

_CLEAR = 1e3
"""A score beyond every limit: at a difference of 1 it may be infinite."""

_NEAR_0, _TO_THE_BIT = 1e-16, np.float64(4 * np.finfo(float).eps)
"""Absolute and relative precision of an end."""


@dataclass(frozen=True)
class PairedProportions:
    """Items that two networks answered.

    Parameters
    ----------
    gained, lost : int
        Items that only the first, and only the second, got right.
    items : int
        All of them.
    """

    gained: int
    lost: int
    items: int

    @property
    def difference(self) -> float:
        """Share right of the first minus that of the second."""
        return (self.gained - self.lost) / self.items

    def score(self, at: float) -> float:
        """Return the standard normal score of a true difference `at`, 0 at the one found; it falls as `at` rises.

        Tango 1998, Statistics in Medicine 17, 891-908, equation 2.5: (b - c - n d) / sqrt(n (2 q + d (1 - d))), q the
        most likely share of items that the second alone gets right where the true difference is d.
        """
        if at < 0:  # the same with both networks exchanged, where no two terms cancel
            return -PairedProportions(self.lost, self.gained, self.items).score(-at)
        distance = self.gained - self.lost - self.items * at
        variance = self.items * (2 * self._share_lost(at) + at * (1 - at))
        if variance > 0:
            return distance / math.sqrt(variance)
        return 0.0 if distance == 0 else math.copysign(math.inf, distance)

    def _share_lost(self, at: float) -> float:
        """Return the larger root of 2 n q² + B q - c d (1 - d) = 0."""
        n, b, c = self.items, self.gained, self.lost
        linear, constant = (2 * n - b + c) * at - b - c, c * at * (1 - at)
        root = math.sqrt(linear * linear + 8 * n * constant)
        return (root - linear) / (4 * n) if linear <= 0 else 2 * constant / (linear + root)

    def p(self, at: float = 0.0) -> float:
        """Return the two-sided p of a true difference `at`; at 0 it is McNemar's without correction."""
        return probability(2 * float(special.ndtr(-abs(self.score(at)))))

    def interval(self, alpha: float) -> tuple[float, float]:
        """Return the differences whose p is above alpha: an interval, as the score falls all along."""
        limit = -float(special.ndtri(alpha / 2))
        return self._end(-1.0, limit), self._end(1.0, limit)

    def _end(self, edge: float, limit: float) -> float:
        """Return where the score reaches `limit` between the difference found and the `edge` of what can be."""
        found = self.difference
        if found == edge:
            return edge

        def beyond(at: float) -> float:
            return min(abs(self.score(at)), _CLEAR) - limit

        return cast("float", optimize.brentq(beyond, found, edge, xtol=_NEAR_0, rtol=_TO_THE_BIT))
