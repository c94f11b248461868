"""Learning curves of every condition: figure, or why there is none."""

from __future__ import annotations

from analysis.figures import learning_curves as figure
from analysis.report.document import Illustration, Paragraph, Section
from analysis.report.gather import Material, Pool


def section(material: Material, pool: Pool) -> Section:
    """Return the figure, or why there is none."""
    why = figure.missing(pool.evidence)
    block = Illustration(figure.PLOT, pool.evidence) if why is None else Paragraph(why)
    return Section("Learning curves", (block,))
