"""What is asked of a table, settled before anything is computed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from bench.schema.known_metrics import LOWER, Direction

LEAST_ALPHA = 1e-9
"""Smaller error rates would need quantiles that floating point does not give."""


@dataclass(frozen=True)
class Question:
    """A comparison to make.

    Parameters
    ----------
    metric, control : str
    alpha : float
        Error rate of each interval, and of the family of conditions.
    margin : float or None
        Smallest difference that matters, in the metric's own unit.
    direction : {"higher", "lower"} or None
        Which values are better; None where that is not known.
    sequential : bool
        Whether seeds were added until something was decided: the headline is then the confidence sequence.
    """

    metric: str
    control: str
    alpha: float
    margin: float | None
    direction: Direction | None
    sequential: bool = False

    ALPHA: ClassVar[float] = 0.05
    """Where nobody says."""

    @property
    def lower_is_better(self) -> bool | None:
        """Whether smaller values are better; None where that is not known."""
        return None if self.direction is None else self.direction == LOWER

    def faults(self) -> list[str]:
        """Return what is out of range."""
        faults = []
        if not (math.isfinite(self.alpha) and LEAST_ALPHA <= self.alpha < 1):
            faults.append(f"alpha is {self.alpha}; allowed: above 0 (at least {LEAST_ALPHA:g}) and below 1")
        if self.margin is not None and not (math.isfinite(self.margin) and self.margin > 0):
            faults.append(f"margin is {self.margin}; allowed: a finite number above 0, in the unit of the metric")
        return faults
