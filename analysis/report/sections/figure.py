"""A section that is one figure under its title."""

from __future__ import annotations

from collections.abc import Callable

from analysis.figures.plot import Plot
from analysis.report.document import Illustration, Paragraph, Section
from analysis.report.gather import Material, Pool


def section_of(plot: Plot) -> Callable[[Material, Pool], Section]:
    """Return the section that shows `plot`, or says why there is nothing to draw."""

    def section(_: Material, pool: Pool) -> Section:
        why = plot.missing(pool.evidence)
        return Section(plot.title, (Illustration(plot, pool.evidence) if why is None else Paragraph(why),))

    return section
