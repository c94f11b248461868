"""Comparisons over tasks for the Python interface: numbers, and how they print themselves."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from analysis.answer import over_tasks
from analysis.wording.task_grids import grids
from analysis.wording.tasks_terminal import render


@dataclass(frozen=True, kw_only=True, repr=False)
class ComparisonOverTasks(over_tasks.ComparisonOverTasks):
    """A comparison over tasks that prints itself.

    ``tasks["name"].effects["condition"]`` is what a condition shows on one task, ``across["condition"].these`` what it
    shows on average over these tasks, and ``.new`` what it shows of new tasks of this kind.
    """

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
