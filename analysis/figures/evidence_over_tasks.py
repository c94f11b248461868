"""What the figures over tasks are drawn from: the comparison, and what single runs show on all tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.methods.performance_profile import PerformanceProfile


@dataclass(frozen=True, eq=False)
class EvidenceOverTasks:
    """Everything that is known over several tasks.

    Parameters
    ----------
    whole : ComparisonOverTasks
    profiles : sequence of PerformanceProfile
        That of every condition, of the differences of single runs from the control's median on the same task.
    """

    whole: ComparisonOverTasks
    profiles: Sequence[PerformanceProfile] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The conditions that a page shows or hides, in their order."""
        return tuple(self.whole.across)
