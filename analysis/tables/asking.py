"""A question as it is told, what is left out settled by the table's plan, by the metric's name, by default."""

from __future__ import annotations

from analysis.tables.question import RAW, Question, Told
from analysis.tables.table import Table
from bench.schema.known_metrics import TYPICAL, bad_ending_of, direction_of


def asked_of(table: Table, metric: str, control: str, told: Told) -> Question:
    """Return the question: as it is told, else as the table's plan has it (but for margin and alpha), else the default.

    Which values are better is by default what the metric's name says; a run may end worse than its condition's median
    by 0.05 for accuracies, by any amount for other metrics.
    """
    plan = table.analysis
    return Question(
        metric=metric,
        control=control,
        alpha=told.get("alpha", Question.ALPHA),
        margin=told.get("margin"),
        direction=told.get("direction") or (plan.direction_of(metric) if plan else direction_of(metric)),
        sequential=plan is not None and plan.sequential,
        estimand=told.get("estimand") or (plan.estimand if plan else TYPICAL),
        family=told.get("family"),
        seeds=told.get("seeds"),
        scale=told.get("scale", RAW),
        test_fraction=_first(told.get("test_fraction"), plan.test_fraction if plan else None),
        bad_ending=_first(told.get("bad_ending"), plan.bad_ending_of(metric) if plan else bad_ending_of(metric)),
    )


def _first(given: float | None, otherwise: float | None) -> float | None:
    return otherwise if given is None else given
