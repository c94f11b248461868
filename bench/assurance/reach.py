"""What the seeds of a study can test, said before the first trial."""

from __future__ import annotations

from analysis.wording.seeds import what_can_be_tested, what_single_runs_can_do
from bench.schema.known_metrics import MEAN, TYPICAL
from bench.study.study import Study


def reach(study: Study, tasks: int = 1) -> list[str]:
    """Return which difference the planned seeds can test, and what single runs can do to its intervals.

    `tasks` is on how many the same conditions are compared: all comparisons are one family.
    Nothing for a study with only its control, and for one whose seeds are added until it is decided.
    """
    plan = study.analysis
    size = sum(not each.stays_at_chance and each.label != plan.control for each in study.conditions)
    if not size or plan.until is not None:
        return []
    seeds, estimand = len(study.seeds), plan.estimand or MEAN
    said = [what_can_be_tested(seeds, size, plan.alpha, estimand, tasks)]
    alone = what_single_runs_can_do(seeds, size * tasks, plan.alpha) if estimand == TYPICAL else None
    return said if alone is None else [*said, alone]
