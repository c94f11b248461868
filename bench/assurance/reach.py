"""What the seeds of a study can test, said before the first trial."""

from __future__ import annotations

from analysis.wording.seeds import what_can_be_tested, what_is_found, what_single_runs_can_do, what_splits_can_test
from bench.schema.known_metrics import MEAN, TYPICAL
from bench.study.study import Study


def reach(study: Study, tasks: int = 1) -> list[str]:
    """Return which difference the planned seeds can test, and what single runs can do to its intervals.

    `tasks` is on how many the same conditions are compared: all comparisons are one family.
    Nothing for a study with only its control, and for one whose seeds are added until it is decided.
    """
    plan, size = study.analysis, _compared(study)
    if not size or plan.until is not None:
        return []
    seeds, estimand = len(study.seeds), plan.estimand or MEAN
    if plan.test_fraction is not None:
        return [what_splits_can_test(seeds, plan.test_fraction)]
    said = [what_can_be_tested(seeds, size, plan.alpha, estimand, tasks)]
    alone = what_single_runs_can_do(seeds, size * tasks, plan.alpha) if estimand == TYPICAL else None
    return said if alone is None else [*said, alone]


def found(study: Study, tasks: int = 1) -> str:
    """Return the table of what the planned seeds find, and more of them; nothing where `reach` has nothing to say."""
    plan, size = study.analysis, _compared(study)
    if not size or plan.until is not None or plan.test_fraction is not None:
        return ""
    margin = None if plan.margin is None else (plan.primary, plan.margin)
    return what_is_found(len(study.seeds), size * tasks, plan.alpha, plan.estimand or MEAN, margin)


def _compared(study: Study) -> int:
    """Return how many conditions are compared with the control."""
    return sum(not each.stays_at_chance and each.label != study.analysis.control for each in study.conditions)
