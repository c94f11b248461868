"""Links to the report of each task by itself."""

from __future__ import annotations

from urllib.parse import quote

from analysis.report.document import Paragraph, Section, Source, Sources
from analysis.report.gather_tasks import MaterialOverTasks

TASKS_FOLDER = "tasks"
"""In the report's folder: a folder with the report of each task."""


def section(material: MaterialOverTasks) -> Section:
    """Return where the full report of each task is, and in what it differs."""
    said = (
        "Each task has a full report of its own, with learning curves, gaps, self-checks and provenance. It judges the "
        "task as a study of its own: its intervals are simultaneous over the conditions of that task alone, so they "
        "are narrower than those of the same task on this page."
    )
    links = tuple(Source(name, f"{TASKS_FOLDER}/{quote(name)}/index.html") for name in material.tasks)
    return Section("Each task by itself", (Paragraph(said), Sources(links)))
