"""Adding seeds one at a time: the confidence sequences, and what was known after so many seeds."""

from __future__ import annotations

from analysis.figures import sequence
from analysis.report.document import Section
from analysis.report.gather import Material, Pool
from analysis.report.sections.entry import shown
from analysis.report.seeds_control import seeds_control


def section(material: Material, pool: Pool) -> Section | None:
    """Return the figure and its slider; None of a table that has no sequence."""
    missing = sequence.PLOT.missing(pool.evidence) is not None
    if material.plan is None and missing:
        return None
    control = None if missing else seeds_control(pool.evidence)
    blocks = (shown(pool, sequence.PLOT), *([] if control is None else [control]))
    return Section(sequence.PLOT.title, blocks)
