"""A finding over several tasks: for these tasks and for new ones, as tables and in sentences."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from analysis.base.errors import TableError, listed
from analysis.figures.evidence_over_tasks import EvidenceOverTasks
from analysis.figures.plot import Plot
from analysis.findings.questions import Asked
from analysis.report.document import Grid
from analysis.report.gather_tasks import MaterialOverTasks, gather_tasks
from analysis.report.markdown import bullets, escaped, table
from analysis.report.task_sections import answer
from analysis.report.task_sections.order import PLOTS_OVER_TASKS
from analysis.wording import phrases, tasks
from analysis.wording.phrases import count
from analysis.wording.style import PAGE
from bench.schema.tasks import task_folder


def plot_of(asked: Asked) -> Plot[EvidenceOverTasks]:
    """Return the figure that is asked for; raise TableError where it is none over tasks."""
    found = [plot for plot in PLOTS_OVER_TASKS if plot.name == asked.figure]
    if not found:
        names = [plot.name for plot in PLOTS_OVER_TASKS]
        raise TableError(asked.folder, [f"is of several tasks, of which figures are {listed(names)}: {asked.figure!r}"])
    return found[0]


def gathered(asked: Asked, names: Sequence[str]) -> MaterialOverTasks:
    """Return what is known of the tasks; raise TableError where a metric is asked for that they were not judged by."""
    found = gather_tasks(asked.folder, {name: task_folder(asked.folder, name) for name in names})
    if other := [metric for metric in asked.metrics if metric != found.whole.metric]:
        raise TableError(asked.folder, [f"tells of {found.whole.metric} over tasks, and nothing of {listed(other)}"])
    return found


def finding(asked: Asked, material: MaterialOverTasks, drawing: str, home: Path) -> list[str]:
    """Return the blocks of one question."""
    whole, plot = material.whole, plot_of(asked)
    blocks = answer.section(material).blocks
    analysis = material.first.analysis
    folder = Path(os.path.relpath(asked.folder, home)).as_posix()
    plan = "no margin" if analysis.margin is None else f"margin {analysis.margin:g}"
    hashes = dict.fromkeys(str((each.plan or {}).get("analysis_hash", "unknown")) for each in material.tasks.values())
    trials = sum(len(each.pools[0].evidence.trials) for each in material.tasks.values())
    return [
        f"**{escaped(asked.question)}**",
        f"![{escaped(plot.title)}]({drawing})",
        f"*{escaped(plot.caption(material.evidence))}*",
        *(text for each in blocks if isinstance(each, Grid) for text in (f"*{escaped(each.caption)}*", table(each))),
        bullets(tasks.sentences(whole, PAGE)),
        bullets(tasks.notes(whole)),
        f"Study [{escaped(material.first.study)}]({folder}/study.toml), {count(len(material.tasks), 'task')}, "
        f"{count(trials, 'trial')}, control {phrases.quoted(whole.control)}, primary {whole.metric}, {plan}, alpha "
        f"{whole.alpha:g}; plan of analysis {escaped(', '.join(hashes))}.",
    ]
