"""The first screen: the answer for these tasks, the answer for new ones, never mixed up, and both as tables."""

from __future__ import annotations

from analysis.figures import task_forest
from analysis.report.conditions_control import conditions_over_tasks
from analysis.report.document import Block, Item, Listing, Paragraph, Section
from analysis.report.gather_tasks import MaterialOverTasks
from analysis.report.paper_control import paper_over_tasks
from analysis.report.task_sections.answer_grids import new_grid, these_grid
from analysis.report.task_sections.entry import shown
from analysis.report.task_sections.margin_over_tasks import further_sentences, leads, margin_over_tasks
from analysis.wording import tasks as words
from analysis.wording.phrases import quoted


def section(material: MaterialOverTasks) -> Section:
    """Return the answer to the study's question over tasks."""
    whole = material.whole
    if not whole.across:
        return Section("Answer", (Paragraph(f"There is nothing to compare {quoted(whole.control)} with.", "lead"),))
    blocks: list[Block] = [Paragraph(each, "lead") for each in leads(whole)]
    blocks += [made for grid in (these_grid, new_grid) if (made := grid(whole)) is not None]
    controls = margin_over_tasks(whole), conditions_over_tasks(whole)
    blocks += [each for each in controls if each is not None]
    blocks.append(shown(material, task_forest.PLOT))
    if said := further_sentences(whole):
        blocks.append(Listing(tuple(map(Item, said))))
    notes = (Paragraph(each, "note") for each in words.notes(whole))
    return Section("Answer", (*blocks, *notes, paper_over_tasks(whole)))
