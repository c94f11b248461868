"""Where the numbers of each task come from, and the commands that make them again."""

from __future__ import annotations

from analysis.report.document import Column, Grid, Section
from analysis.report.gather import Material
from analysis.report.gather_tasks import MaterialOverTasks
from analysis.report.sections.provenance import how_again
from analysis.wording.number_format import NOTHING
from analysis.wording.phrases import listed

_KEPT = ("data_hash", "code_hash", "engine", "device", "precision", "environment_id")


def section(material: MaterialOverTasks) -> Section:
    """Return a row for each task; the rest stands in the task's own report."""
    names = ("trials", "study", "plan of analysis", "plan recorded after", *(each.replace("_", " ") for each in _KEPT))
    grid = Grid(
        name="provenance",
        caption="What the trials of each task are made of; hashes of its study and its plan of analysis.",
        columns=(Column("task", numeric=False), *(Column(each, numeric=False) for each in names)),
        rows=tuple((name, *_cells(each)) for name, each in material.tasks.items()),
        compact=True,
    )
    return Section(
        "Provenance",
        (
            *how_again(material.first, material.source, material.command),
            grid,
        ),
    )


def _cells(task: Material) -> tuple[str, ...]:
    pool = task.pools[0]
    first = task.plan_changes[0] if task.plan_changes else {}
    done = first.get("trials_done", "unknown")
    return (
        str(len(pool.table.frame)),
        str((task.plan or {}).get("study_hash", "unknown")),
        str((task.plan or {}).get("analysis_hash", "unknown")),
        f"{done} trials",
        *(listed([str(value) for value in pool.distinct(name)]) or NOTHING for name in _KEPT),
    )
