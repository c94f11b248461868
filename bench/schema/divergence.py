"""How a trial can end, and the one rule by which it counts as diverged."""

from __future__ import annotations

import math
from typing import Any

OK, DIVERGED, FAILED = "ok", "diverged", "failed"
"""A trial's status. Diverged: non-finite loss, or test accuracy at chance level at the end. Failed: it raised."""
CHANCE_TOLERANCE = 0.05
"""Final test accuracy up to chance plus this (a fraction) counts as collapsed, hence diverged."""
_EDGE = 1e-12
"""Beyond what rounding does to a fraction: with 3 classes, 23 right of 60 are 1/3 + 0.05 exactly, and not in binary."""


def is_at_chance(accuracy: Any, chance: float | None) -> Any:
    """Return whether a test accuracy is at most `chance` + `CHANCE_TOLERANCE`, the limit itself included.

    Accuracy is a fraction, or an array of them, for an array of the same shape. NaN is not at chance, and nothing is
    where chance is not known.
    """
    return accuracy <= (-math.inf if chance is None else chance + CHANCE_TOLERANCE + _EDGE)


def has_diverged(losses_finite: Any, at_chance: Any, stays_at_chance: Any) -> Any:
    """Return whether a trial diverged: a loss is not finite, or it ended at chance and is not meant to stay there.

    Each is a bool, or an array of them.
    """
    return (losses_finite ^ True) | (at_chance & (stays_at_chance ^ True))
