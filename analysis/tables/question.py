"""What is asked of a table, settled before anything is computed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, TypedDict

from bench.schema.known_metrics import (
    DIRECTIONS,
    ESTIMANDS,
    LOWER,
    TYPICAL,
    Direction,
    is_fraction,
    margin_fault,
)

SCALES = RAW, LOG_RATIO = "raw", "log-ratio"
"""What differences are of: values, or their logarithms, so that metrics of unlike size are alike."""

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
    estimand : {"typical", "mean"}
        Which centre of the differences leads.
    bad_ending : float or None
        By how much a run may end worse than the median of its condition; None: there is no such rule.
    family, seeds : int or None
        Where several tasks are judged together: how many comparisons these are, and the seeds of the task that has
        fewest. None: the conditions and the seeds of the table decide.
    scale : {"raw", "log-ratio"}
        Whether differences are of values, or of their logarithms.
    test_fraction : float or None
        Share of the examples that each split holds out, where the blocks are splits of one data set.
    """

    metric: str
    control: str
    alpha: float
    margin: float | None
    direction: Direction | None
    sequential: bool = False
    estimand: str = TYPICAL
    bad_ending: float | None = None
    family: int | None = None
    seeds: int | None = None
    scale: str = RAW
    test_fraction: float | None = None

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
        elif self.margin is not None and (why := margin_fault(self.metric, self.margin)):
            faults.append(f"margin is {self.margin:g}; {why}")
        if self.direction not in (None, *DIRECTIONS):
            faults.append(f"direction is {self.direction!r}; allowed: {', '.join(map(repr, DIRECTIONS))}")
        if self.estimand not in ESTIMANDS:
            faults.append(f"estimand is {self.estimand!r}; allowed: {', '.join(map(repr, ESTIMANDS))}")
        if self.bad_ending is not None:
            most = 1 if is_fraction(self.metric) else math.inf
            if not 0 < self.bad_ending < most:
                below = f", and below 1: {self.metric} is a fraction (0.05 is 5 points)" if most == 1 else ""
                faults.append(f"bad_ending is {self.bad_ending:g}; allowed: a finite number above 0{below}")
        if self.test_fraction is not None:
            if not 0 < self.test_fraction < 1:
                faults.append(
                    f"test_fraction is {self.test_fraction:g}; allowed: above 0 and below 1 (with 10 folds 0.1)"
                )
            if self.sequential:
                faults.append(
                    "test_fraction is for a fixed number of splits; here seeds were added until something was decided"
                )
        return faults


class Told(TypedDict, total=False):
    """What may be said of a comparison beside metric and control; what is None or left out is settled by `asked_of`."""

    family: int
    seeds: int
    scale: str

    margin: float | None
    alpha: float
    direction: Direction | None
    estimand: str | None
    bad_ending: float | None
    test_fraction: float | None
