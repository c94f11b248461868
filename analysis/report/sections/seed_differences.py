"""The paired differences one by one: how they are spread, and what a single seed does to their mean."""

from __future__ import annotations

from analysis.figures import raincloud
from analysis.report.document import Block, Section
from analysis.report.gather import Material, Pool
from analysis.report.sections.entry import shown
from analysis.report.typical_grid import typical_grid


def section(_: Material, pool: Pool) -> Section | None:
    """Return the cloud of differences, and typical difference and mean side by side; None without a comparison."""
    judged = pool.primary.judged
    if not judged:
        return None
    blocks: list[Block] = [shown(pool, raincloud.PLOT)]
    if pool.primary.unit.independent and any(each.extreme_seed is not None for each in judged):
        blocks.append(typical_grid(judged))
    return Section(raincloud.PLOT.title, tuple(blocks))
