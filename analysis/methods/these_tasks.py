"""The mean difference over given tasks, each weighing the same: what the seeds of these very tasks show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.base.records import Record
from analysis.methods import verdict
from analysis.methods.estimands import Ends, Inference, both, least_alpha
from analysis.methods.p_value import probability
from analysis.methods.verdict import Interval
from analysis.tables.question import Question


@dataclass(frozen=True, kw_only=True)
class OverTasks(Record):
    """What is shown over tasks, over the family of conditions; in the metric's own unit, or as a log ratio.

    Parameters
    ----------
    estimate : float or None
        None where it has no limit, or cannot be made.
    low, high : float or None
        Interval at 1 - alpha over the family; None where there is none, and at an end without limit.
    low_90, high_90 : float or None
        The same at 1 - 2 alpha.
    p : float or None
        Least alpha at which the interval excludes 0.
    verdict : str or None
        One of `analysis.methods.verdict.VERDICTS`; None where there is no interval and no reason to expect one.
    reason : str or None
        Why numbers are missing.
    """

    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    low_90: float | None = None
    high_90: float | None = None
    p: float | None = None
    verdict: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class TheseTasks(OverTasks):
    """The mean over these tasks, for new seeds (and new test images where each task has its own)."""


@dataclass(frozen=True, eq=False)
class MeanOverTasks:
    """The equal-weight mean of independent estimates, with an interval at any level.

    Parameters
    ----------
    parts : sequence of Inference
        One per task, each of the family of conditions over tasks.

    Notes
    -----
    Of estimates e_t with intervals [l_t, u_t], t = 1 to T, the mean e has the interval from
    ``e - sqrt(sum (e_t - l_t)^2) / T`` to ``e + sqrt(sum (u_t - e_t)^2) / T`` (MOVER for a sum of independent parts:
    Zou and Donner 2008, Statistics in Medicine 27, 1693-1702).
    """

    parts: Sequence[Inference]

    @property
    def value(self) -> float:
        """The mean; infinite, or NaN, where a task has no limit."""
        return sum(part.estimate.value for part in self.parts) / len(self.parts)

    def ends(self, alpha: float) -> Ends | None:
        """Return the interval at 1 - alpha over the family; None where a task has none."""
        below = above = 0.0
        for part in self.parts:
            found, middle = part.ends(alpha), part.estimate.value
            if found is None or not math.isfinite(middle):
                return None
            below, above = math.hypot(below, middle - found[0]), math.hypot(above, found[1] - middle)
        middle, number = self.value, len(self.parts)
        return middle - below / number, middle + above / number

    @property
    def p(self) -> float:
        """Least alpha at which the interval excludes 0."""
        return probability(least_alpha(self.ends))


def these_tasks(parts: Sequence[Inference], asked: Question) -> TheseTasks:
    """Return what one condition shows on average over these tasks."""
    mean = MeanOverTasks(parts)
    interval = both(mean.ends, asked.alpha)
    if interval is None:
        return TheseTasks(
            estimate=finite(mean.value), verdict=verdict.CANNOT_TEST, reason="a task has no interval of its own"
        )
    return TheseTasks(
        estimate=mean.value,
        low=finite(interval.low),
        high=finite(interval.high),
        low_90=finite(interval.low_90),
        high_90=finite(interval.high_90),
        p=mean.p,
        verdict=decided(interval, asked),
    )


def decided(interval: Interval, asked: Question) -> str:
    """Return the verdict on an interval over tasks."""
    return verdict.decide(interval, asked.margin, asked.direction)


def finite(number: float | None) -> float | None:
    """Return a number; None for one without limit."""
    return number if number is not None and math.isfinite(number) else None
