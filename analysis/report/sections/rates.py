"""Accuracy and gap along the dropout rate."""

from __future__ import annotations

from analysis.figures import rates as figure
from analysis.report.document import Illustration, Paragraph, Section
from analysis.report.gather import Material, Pool


def section(material: Material, pool: Pool) -> Section:
    """Return the figure, or why there is none."""
    why = figure.missing(pool.evidence)
    block = Illustration(figure.PLOT, pool.evidence) if why is None else Paragraph(why)
    return Section("Accuracy and gap by dropout rate", (block,))
