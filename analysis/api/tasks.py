"""Comparisons over tasks for the Python interface: numbers, and how they print themselves."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.answer import over_tasks
from analysis.base.errors import TableError, nearest
from analysis.tables.plan import PlannedAnalysis
from analysis.tables.tasks import Tasks, without_ending
from analysis.wording.task_grids import grids
from analysis.wording.tasks_terminal import render

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True, repr=False)
class ComparisonOverTasks(over_tasks.ComparisonOverTasks):
    """A comparison over tasks that prints, draws and reports itself.

    ``tasks["name"].effects["condition"]`` is what a condition shows on one task, ``across["condition"].these`` what it
    shows on average over these tasks, and ``.new`` what it shows of new tasks of this kind.

    Parameters
    ----------
    tables : Tasks
        What was compared.
    """

    tables: Tasks = field(repr=False, compare=False)

    def __str__(self) -> str:
        return render(self)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per condition and task, then its rows over tasks, and one column for each number of these.

        The index is condition and task; over tasks the latter is ``these tasks`` or ``new tasks``.
        """
        numbers = ("estimate", "low", "high", "p", "verdict")
        rows = []
        for label, each in self.across.items():
            for name, whole in self.tasks.items():
                if label in whole.effects:
                    told = whole.effects[label].headline
                    rows.append({"condition": label, "task": name} | {key: getattr(told, key) for key in numbers})
            for name, found in (("these tasks", each.these), ("new tasks", each.new)):
                rows.append({"condition": label, "task": name} | {key: getattr(found, key) for key in numbers})
        return pd.DataFrame(rows, columns=["condition", "task", *numbers]).set_index(["condition", "task"])

    def plot(self, name: str = "tasks") -> Figure:
        """Return a figure over tasks by its name; raise TableError where there is none, or nothing to draw."""
        from analysis.answer.profiles_over_tasks import profiles_over_tasks  # noqa: PLC0415
        from analysis.figures import theme  # noqa: PLC0415 - matplotlib is slow to import
        from analysis.figures.evidence_over_tasks import EvidenceOverTasks  # noqa: PLC0415
        from analysis.figures.plot import drawn  # noqa: PLC0415
        from analysis.report.task_sections.order import PLOTS_OVER_TASKS  # noqa: PLC0415

        plots = {plot.name: plot for plot in PLOTS_OVER_TASKS}
        if name not in plots:
            raise TableError(
                "plot", [f"{name!r} is no figure over tasks{nearest(name, list(plots))} (figures: {', '.join(plots)})"]
            )
        evidence = EvidenceOverTasks(self._plain(), profiles_over_tasks(self.tables, self))
        if (why := plots[name].missing(evidence)) is not None:
            raise TableError("plot", [why])
        with theme.applied(name):
            return drawn(plots[name], evidence, theme.WIDE)

    def report(self, folder: Path | str) -> Path:
        """Write the report over the tasks that were compared to `folder`, and that of each; return its page."""
        from analysis.report.gather_tasks import gather_tasks  # noqa: PLC0415 - matplotlib is slow to import
        from analysis.report.of_table import write_report_of_tasks  # noqa: PLC0415
        from analysis.report.write import write_report_over  # noqa: PLC0415

        folders = {name: Path(table.source) for name, table in self.tables.tables.items()}
        if not all(each.is_dir() for each in folders.values()):
            asked = PlannedAnalysis(
                self.control,
                self.metric,
                alpha=self.alpha,
                margin=self.margin,
                direction=self.direction,
                estimand=self.estimand,
                bad_ending=self.bad_ending,
            )
            command = f"analysis.compare(..., metric={self.metric!r}, control={self.control!r}).report(...)"
            name = without_ending(Path(self.tables.source).name).strip("()")
            return write_report_of_tasks(self.tables, self._plain(), asked, name, Path(folder), command)
        compared = self.tables, self._plain()
        return write_report_over(gather_tasks(Path(self.tables.source), folders, None, compared), Path(folder))

    def _plain(self) -> over_tasks.ComparisonOverTasks:
        """Return the comparison without the tables that it was made of."""
        names = (each.name for each in fields(over_tasks.ComparisonOverTasks))
        return over_tasks.ComparisonOverTasks(**{name: getattr(self, name) for name in names})

    def _repr_html_(self) -> str:
        tables = []
        for grid in grids(self):
            head = "".join(f"<th>{escape(cell)}</th>" for cell in grid.header)
            body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in grid.rows)
            tables.append(
                f"<table><caption>{escape(grid.title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
                "</table>"
            )
        return "".join(tables)
