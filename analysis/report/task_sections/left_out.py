"""What was left out on which task and why, and what to know before believing the numbers."""

from __future__ import annotations

from analysis.report.document import Block, Column, Grid, Item, Listing, Paragraph, Section
from analysis.report.gather_tasks import MaterialOverTasks
from analysis.wording.phrases import ranges
from analysis.wording.style import PAGE


def section(material: MaterialOverTasks) -> Section:
    """Return every trial that some comparison does without, and the warnings of the analysis."""
    whole = material.whole
    found = [(name, each) for name, task in whole.tasks.items() for each in task.dropped]
    blocks: list[Block] = [Paragraph("Nothing: every planned trial of every task is in the comparisons.")]
    if found:
        blocks = [
            Grid(
                name="left-out",
                caption="Trials that some comparison, or its mean, does without.",
                columns=(
                    Column("task", numeric=False),
                    Column("condition", numeric=False),
                    Column("trials"),
                    Column("seeds", numeric=False),
                    Column("reason", numeric=False),
                ),
                rows=tuple(
                    (name, each.condition, str(each.count), ranges(each.seeds), each.reason) for name, each in found
                ),
            )
        ]
    if whole.warnings:
        notes = Listing(tuple(Item(PAGE.note(each)) for each in whole.warnings), "fine")
        blocks += [Paragraph("Notes of the analysis:"), notes]
    return Section("What was left out", tuple(blocks))
