"""What a method of others says beside a verdict: the Bayesian signed-rank test."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.base.records import Record


@dataclass(frozen=True, kw_only=True)
class CrossCheck(Record):
    """What the Bayesian signed-rank test says of one condition.

    Parameters
    ----------
    condition : str
    n : int
        Pairs in which both trained.
    p_better, p_equivalent, p_worse : float
        Posterior probabilities that the condition is better by more than the margin, within it, worse by more.
    points_to : {"better", "equivalent", "worse"} or None
        That of which the probability is above 1 - alpha.
    verdict_points_to : {"better", "equivalent", "worse"} or None
    """

    condition: str
    n: int
    p_better: float
    p_equivalent: float
    p_worse: float
    points_to: str | None
    verdict_points_to: str | None

    @property
    def differs(self) -> bool:
        """Whether it points elsewhere than the verdict does, or one of them points nowhere."""
        return self.points_to != self.verdict_points_to
