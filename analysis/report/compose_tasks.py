"""From the material of several tasks to a document: title, question, facts, and the registered sections."""

from __future__ import annotations

from analysis.report.document import Document, Part
from analysis.report.gather_tasks import MaterialOverTasks
from analysis.report.task_sections.order import OVER_TASKS
from analysis.wording.phrases import quoted
from analysis.wording.units import unit_of


def compose_tasks(material: MaterialOverTasks) -> Document:
    """Return the whole report over tasks as plain data."""
    whole, seeds = material.whole, [each.n_seeds for each in material.whole.tasks.values()]
    trials = sum(len(each.pools[0].table.frame) for each in material.tasks.values())
    planned = sum(len((each.plan or {}).get("trials", [])) for each in material.tasks.values())
    sections = (made for entry in OVER_TASKS if (made := entry.section(material)) is not None)
    names = [quoted(each) for each in whole.across]
    asked = f"Does {names[0]}" if len(names) == 1 else f"Do {len(names)} conditions"
    return Document(
        title=f"{material.study}, over {len(whole.tasks)} tasks",
        question=(
            f"{asked} change {unit_of(whole.metric).name} compared with {quoted(whole.control)} on these tasks, and on "
            "new tasks of this kind, by how much, and how sure is that?"
        ),
        facts=(
            ("tasks", str(len(whole.tasks))),
            ("conditions", str(1 + len(whole.across))),
            ("seeds a task", str(min(seeds)) if min(seeds) == max(seeds) else f"{min(seeds)} to {max(seeds)}"),
            ("trials", f"{trials:,}" if material.first.plan is None else f"{trials:,} of {planned:,}"),
        ),
        parts=(Part("", "", tuple(sections)),),
    )
