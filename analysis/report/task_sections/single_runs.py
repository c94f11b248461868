"""Single runs on all tasks: performance profiles, their interquartile mean, and how often one beats the control's."""

from __future__ import annotations

from analysis.figures import profiles
from analysis.report.document import Column, Grid, Section
from analysis.report.gather_tasks import MaterialOverTasks
from analysis.report.task_sections.entry import shown
from analysis.wording.number_format import NOTHING, level
from analysis.wording.units import plain, unit_of


def section(material: MaterialOverTasks) -> Section:
    """Return the figure and the scores, which describe and decide nothing."""
    whole = material.whole
    unit, ends = unit_of(whole.metric), f"{level(whole.alpha)} interval"
    rows = []
    for each in whole.scores:
        middle = (each.interquartile_mean, each.interquartile_mean_low, each.interquartile_mean_high)
        better = (each.improvement, each.improvement_low, each.improvement_high)
        value, low, high = map(unit.tell, middle)
        share, least, most = (plain(one, 3) for one in better)
        numbers = str(each.n_tasks), str(each.n_runs)
        rows.append((each.condition, *numbers, value, _ends(low, high), share, _ends(least, most)))
    grid = Grid(
        name="single-runs",
        caption=(
            "Mean of the middle half of all runs on all tasks, and the probability that a run is better than one of "
            "the control on the same task, averaged over tasks. Descriptive, unadjusted; bootstrap stratified by task."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("tasks"),
            Column("runs"),
            Column("interquartile mean", unit.value),
            Column(ends, unit.value),
            Column("P(better than control)"),
            Column(ends),
        ),
        rows=tuple(rows),
        data=whole.scores,
        compact=True,
    )
    return Section("Single runs over all tasks", (shown(material, profiles.PLOT), grid))


def _ends(low: str, high: str) -> str:
    return NOTHING if NOTHING in (low, high) else f"{low} to {high}"
