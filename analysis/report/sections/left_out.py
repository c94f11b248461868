"""What was left out and why, and what to know before believing the numbers."""

from __future__ import annotations

from analysis.answer.comparison import Comparison
from analysis.report.document import Column, Grid, Item, Listing, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording.phrases import ranges
from analysis.wording.style import PAGE


def section(material: Material, pool: Pool) -> Section:
    """Return every trial that is in no comparison, and the warnings of the analysis."""
    whole, planned = pool.primary, "" if material.plan is None else "planned "
    blocks: list[Paragraph | Grid | Listing] = [Paragraph(f"Nothing: every {planned}trial is in the comparisons.")]
    if whole.dropped:
        blocks = [_grid(whole)]
    if whole.warnings:
        blocks.append(Paragraph("Notes of the analysis:"))
        blocks.append(Listing(tuple(Item(PAGE.note(each)) for each in whole.warnings), "fine"))
    return Section("What was left out", tuple(blocks))


def _grid(whole: Comparison) -> Grid:
    return Grid(
        name="left-out",
        caption="Trials that some comparison of the primary metric, or its mean, does without.",
        columns=(
            Column("condition", numeric=False),
            Column("trials"),
            Column("seeds", numeric=False),
            Column("reason", numeric=False),
        ),
        rows=tuple((each.condition, str(each.count), ranges(each.seeds), each.reason) for each in whole.dropped),
        data=tuple({**each.to_json(), "seeds": " ".join(map(str, each.seeds))} for each in whole.dropped),
    )
