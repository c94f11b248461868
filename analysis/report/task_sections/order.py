"""The order of the report over tasks: its sections, one file each, and the figures that each shows.

To add a section: its file, and a line here. To add a figure: its file, and its ``PLOT`` in the line of its section.
"""

from __future__ import annotations

from analysis.figures import pairs_matrix, profiles, task_forest
from analysis.figures.evidence_over_tasks import EvidenceOverTasks
from analysis.figures.plot import Plot

PLOTS_OVER_TASKS: tuple[Plot[EvidenceOverTasks], ...] = (task_forest.PLOT, profiles.PLOT, pairs_matrix.PLOT)
"""Every figure over tasks."""
