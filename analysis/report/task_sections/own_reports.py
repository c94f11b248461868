"""Links to the report of each task by itself."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from urllib.parse import quote

from analysis.report.document import Paragraph, Section, Source, Sources
from analysis.report.gather_tasks import MaterialOverTasks

TASKS_FOLDER = "tasks"
"""In the report's folder: a folder with the report of each task."""


def folders_of(tasks: Iterable[str]) -> dict[str, str]:
    """Return the name of each task's folder: its own, as far as it can be one and no other has it."""
    found: dict[str, str] = {}
    for task in tasks:
        name = re.sub(r"[^\w.+-]", "-", task).lstrip(".") or "-"
        taken = set(found.values())
        found[task] = next(each for number in itertools.count(1)
                           if (each := name if number == 1 else f"{name}-{number}") not in taken)  # fmt: skip
    return found


def section(material: MaterialOverTasks) -> Section:
    """Return where the full report of each task is, and in what it differs."""
    said = (
        "Each task has a full report of its own, with all that its table allows. What was known after fewer seeds is "
        "there, and not on this page, as seeds of different tasks are not paired. It judges the task as a study of its "
        "own: its intervals are simultaneous over the conditions of that task alone, so they are narrower than those "
        "of the same task on this page."
    )
    links = tuple(
        Source(name, f"{TASKS_FOLDER}/{quote(each)}/index.html") for name, each in folders_of(material.tasks).items()
    )
    return Section("Each task by itself", (Paragraph(said), Sources(links)))
