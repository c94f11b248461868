"""The other metrics: told, but not adjusted across metrics."""

from __future__ import annotations

from analysis.report.comparison_grid import columns_of, comparison_grid
from analysis.report.document import Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording.units import unit_of


def section(material: Material, pool: Pool) -> Section | None:
    """Return one table per secondary metric."""
    told = [whole for whole in pool.secondary if whole.effects]
    if not told:
        return None
    note = (
        f"The answer rests on {unit_of(pool.primary.metric).name} alone. These metrics are secondary: nothing is "
        f"adjusted across metrics. {columns_of(pool.primary)}"
    ).strip()
    return Section(
        "Secondary metrics",
        (Paragraph(note, "note"), *(comparison_grid(whole, pool.evidence, explained=False) for whole in told)),
    )
