"""From the results folders of several tasks to everything that the report over them tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.answer.profiles_over_tasks import profiles_over_tasks
from analysis.answer.tasks import compare_tasks
from analysis.base.errors import TableError
from analysis.figures.evidence_over_tasks import EvidenceOverTasks
from analysis.report.gather import Material, gather
from analysis.tables.tasks import Tasks


@dataclass(frozen=True, eq=False)
class MaterialOverTasks:
    """The results folders of several tasks as the report over them tells it.

    Parameters
    ----------
    source : Path
        The folder of the study, or whatever the tasks were taken from.
    study : str
        What it is called.
    evidence : EvidenceOverTasks
    tasks : mapping of task to Material
        What the report of each task by itself tells.
    command : str
        What makes the report of tables again; empty for the folder of a study.
    """

    source: Path
    study: str
    evidence: EvidenceOverTasks
    tasks: Mapping[str, Material]
    command: str = ""

    @property
    def whole(self) -> ComparisonOverTasks:
        """The comparison over tasks."""
        return self.evidence.whole

    @property
    def first(self) -> Material:
        """The first task, whose plan is that of all."""
        return next(iter(self.tasks.values()))


def gather_tasks(
    folder: Path,
    folders: Mapping[str, Path],
    instead: Mapping[str, Any] | None = None,
    compared: tuple[Tasks, ComparisonOverTasks] | None = None,
) -> MaterialOverTasks:
    """Read the results folders of several tasks, and compare their conditions on each and over them.

    Parameters
    ----------
    folder : Path
    folders : mapping of task to Path
    instead : mapping of str, optional
        Fields of the plan's analysis that are given otherwise here, as in `gather`.
    compared : Tasks and ComparisonOverTasks, optional
        What was compared already; default: by the plan.

    Raises
    ------
    TableError
        A folder that cannot be analysed, or trials of several devices, precisions or data on one task.
    """
    materials = {name: gather(each, instead) for name, each in folders.items()}
    faults = [
        f"task {name!r} was run in {len(each.pools)} ways ({', '.join(pool.name for pool in each.pools)}), which are "
        f"never pooled: there is a report of this task alone, of {folders[name]}"
        for name, each in materials.items()
        if len(each.pools) > 1
    ]
    if faults:
        raise TableError(folder, faults)
    tasks = Tasks(str(folder), {name: each.pools[0].table for name, each in materials.items()})
    planned = next(iter(materials.values())).analysis
    if compared is None:
        compared = tasks, compare_tasks(tasks, planned.primary, planned.control, **planned.told(planned.primary))
    return over(folder, f"Study {next(iter(materials.values())).study}", materials, compared)


def over(
    source: Path,
    study: str,
    materials: Mapping[str, Material],
    compared: tuple[Tasks, ComparisonOverTasks],
    command: str = "",
) -> MaterialOverTasks:
    """Put what each task tells beside what was compared over them."""
    tables, whole = compared
    evidence = EvidenceOverTasks(whole, profiles_over_tasks(tables, whole))
    return MaterialOverTasks(source, study, evidence, materials, command)
