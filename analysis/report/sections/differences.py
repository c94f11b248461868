"""Differences to the control on the primary metric, in full: what each verdict rests on, and each condition by "
"itself."""

from __future__ import annotations

from analysis.report.comparison_grid import at_chance_grid, comparison_grid, summary_grid
from analysis.report.document import Section
from analysis.report.gather import Material, Pool


def section(material: Material, pool: Pool) -> Section:
    """Return the tables of all differences, of the negative controls apart, and of each condition by itself."""
    whole = pool.primary
    judged = (comparison_grid(whole, pool.evidence),) if whole.judged else ()
    apart = (at_chance_grid(whole),) if len(whole.judged) < len(whole.effects) else ()
    return Section("Differences to the control", (*judged, *apart, summary_grid(whole, pool.evidence)))
