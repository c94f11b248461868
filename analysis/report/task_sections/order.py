"""The order of the report over tasks: its sections, one file each, and the figures that each shows.

To add a section: its file, and a line here. To add a figure: its file, and its ``PLOT`` in the line of its section.
"""

from __future__ import annotations

from analysis.figures import pairs_matrix, profiles, task_forest
from analysis.figures.evidence_over_tasks import EvidenceOverTasks
from analysis.figures.plot import Plot
from analysis.report.task_sections import (
    all_pairs,
    answer,
    each_task,
    left_out,
    method,
    own_reports,
    provenance,
    single_runs,
)
from analysis.report.task_sections.entry import EntryOverTasks

OVER_TASKS: tuple[EntryOverTasks, ...] = (
    EntryOverTasks(answer.section, (task_forest.PLOT,)),
    EntryOverTasks(each_task.section),
    EntryOverTasks(own_reports.section),
    EntryOverTasks(single_runs.section, (profiles.PLOT,)),
    EntryOverTasks(all_pairs.section, (pairs_matrix.PLOT,)),
    EntryOverTasks(each_task.endings),
    EntryOverTasks(left_out.section),
    EntryOverTasks(method.section),
    EntryOverTasks(provenance.section),
)

PLOTS_OVER_TASKS: tuple[Plot[EvidenceOverTasks], ...] = tuple(plot for entry in OVER_TASKS for plot in entry.plots)
"""Every figure over tasks."""
