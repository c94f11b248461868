"""The other metrics: told, but not adjusted across metrics."""

from __future__ import annotations

from analysis.report.comparison_grid import comparison_grid
from analysis.report.document import Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording.units import unit_of


def section(material: Material, pool: Pool) -> Section | None:
    """Return one table per secondary metric."""
    told = [whole for whole in pool.secondary if whole.effects]
    if not told:
        return None
    note = (
        f"Secondary, not adjusted across metrics: the study names only {unit_of(pool.primary.metric).name} as what "
        "the answer rests on. Within each table the intervals and p-values hold for all its conditions at once."
    )
    return Section(
        "Secondary metrics", (Paragraph(note, "note"), *(comparison_grid(whole, pool.evidence) for whole in told))
    )
