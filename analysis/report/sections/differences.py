"""Differences to the control on the primary metric: forest plot and table."""

from __future__ import annotations

from analysis.figures import forest
from analysis.report.comparison_grid import comparison_grid, summary_grid
from analysis.report.document import Illustration, Paragraph, Section
from analysis.report.gather import Material, Pool


def section(material: Material, pool: Pool) -> Section:
    """Return the figure of all differences, and what it was drawn from as a table."""
    whole = pool.primary
    by_itself = summary_grid(whole, pool.evidence)
    why = forest.missing(pool.evidence)
    if why is not None:
        return Section("Differences to the control", (Paragraph(why), by_itself))
    return Section(
        "Differences to the control",
        (Illustration(forest.PLOT, pool.evidence), comparison_grid(whole, pool.evidence), by_itself),
    )
