"""All pairs of conditions over tasks: the matrix, and every pair with its numbers."""

from __future__ import annotations

from analysis.figures import pairs_matrix
from analysis.report.document import Column, Grid, Section
from analysis.report.gather_tasks import MaterialOverTasks
from analysis.report.task_sections.entry import shown
from analysis.wording.number_format import NOTHING, probability


def section(material: MaterialOverTasks) -> Section | None:
    """Return figure and table; None without a pair."""
    pairs = material.whole.pairs
    if not pairs:
        return None
    grid = Grid(
        name="all-pairs",
        caption="Tasks that each condition wins, ties and loses against each other, and signed ranks over tasks.",
        columns=(
            Column("condition", numeric=False),
            Column("against", numeric=False),
            *(Column(each) for each in ("tasks", "wins", "ties", "losses", "p by ranks", "p, Holm")),
        ),
        rows=tuple(
            (
                each.condition,
                each.other,
                *(NOTHING if one is None else str(one) for one in (each.n_tasks, each.wins, each.ties, each.losses)),
                probability(each.p_wilcoxon),
                probability(each.p_holm),
            )
            for each in pairs
        ),
        data=pairs,
        compact=True,
    )
    return Section("All pairs of conditions", (shown(material, pairs_matrix.PLOT), grid))
