"""The report of any table: from where it lies to its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias, Unpack

import pandas as pd

from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.answer.tasks import compare_tasks
from analysis.base.errors import TableError, listed
from analysis.report.gather import selections
from analysis.report.gather_table import gather_table
from analysis.report.gather_tasks import over
from analysis.report.write import report_folder, write_report, write_report_from, write_report_over
from analysis.tables.loading import Source, load_tasks
from analysis.tables.plan import PlannedAnalysis
from analysis.tables.question import Told
from analysis.tables.reading import place_of, read
from analysis.tables.table import Table
from analysis.tables.tasks import Tasks, without_ending

Question: TypeAlias = Callable[[Table], tuple[str, str, Told]]
"""From a table, whose plan settles what is not given, to metric, control and the rest of the question."""


def write_report_of(
    folder_or_table: Source | Tasks,
    *,
    out: Path | str | None = None,
    metric: str | None = None,
    control: str | None = None,
    images: Path | str | None = None,
    **told: Unpack[Told],
) -> Path:
    """Write the report of a results folder or of any table, and return its page.

    Parameters
    ----------
    folder_or_table : Path, str, DataFrame, Table or Tasks
        A results folder (or its ``s3://`` URL) that ``bench run`` has written, or the table loaded from one: the report
        is by its plan. Or a parquet file, a CSV, a frame, or what `analysis.load` returned.
    out : Path or str, optional
        Where to write; default: ``report`` in the folder, else ``<the name>-report`` here.
    metric, control : str, optional
        Of a table: the column, and the label of the control.
    images : Path or str, optional
        Where the test images lie whose bits the trials have: an IDX file (.gz or not), an .npy, an .npz, or a folder
        with one of them. Default: where the plan of a results folder says, if they are there.
    margin, alpha, direction, estimand, bad_ending : optional
        Of a table, as in `analysis.compare`.
    test_fraction : float, optional
        Of both, as in `analysis.compare`.

    Raises
    ------
    TableError
        Nothing that can be compared, a question put to a results folder, images that are not those of the trials, or a
        place that cannot be written to.
    """
    pictures = None if images is None else Path(images)
    source = folder_or_table
    file = source.source if isinstance(source, Table | Tasks) else source
    place = Path("(frame)") if isinstance(file, pd.DataFrame) else place_of(file)
    where = None if out is None else Path(out)
    if metric is None and control is None and not told.keys() - {"test_fraction"} and place.is_dir():
        return write_report(place, report_folder(place) if where is None else where, told, pictures)
    if place.is_dir() and not isinstance(source, Table | Tasks):
        raise TableError(place, ["is a results folder, whose report is by its plan: give neither metric nor control"])
    if isinstance(source, Path | str) and not place.exists():
        raise TableError(place, ["does not exist; expected a results folder, a parquet file or a CSV"])
    if metric is None or control is None:
        raise TableError(place, ["has no plan: a report of it needs metric and control"])
    asked = metric, control, told
    command = f"analysis.report({str(place)!r}, metric={metric!r}, control={control!r})"
    if isinstance(source, Path | str):
        return write_report_of_file(place, lambda _: asked, {}, out=where, command=command, images=pictures)
    out_folder = Path(f"{_name_of(place)}-report") if where is None else where
    return write_report_of_tables({"": load_tasks(source)}, lambda _: asked, out_folder, command, place, pictures)


def write_report_of_file(
    file: Path,
    question: Question,
    how: Mapping[str, Any],
    *,
    out: Path | None,
    command: str,
    images: Path | None = None,
) -> Path:
    """Write the report of a parquet file or a CSV, and return its page.

    Parameters
    ----------
    file : Path
        Of several devices, precisions or data sets each has a part of the page; of several tasks the page is over them.
    question : function of Table
    how : mapping
        How the file is read: the parameters of `analysis.load`.
    out : Path, optional
        Where to write; default: ``<the file's name>-report`` here.
    command : str
        What makes the report again.
    images : Path, optional
        Where the test images lie.

    Raises
    ------
    TableError
        A table that cannot be read or compared, or a place that cannot be written to.
    """
    where = dict(how.get("where") or {})
    apart = [each for each in selections(read(file).frame) if all(where.get(k, v) == v for k, v in each.items())]
    read_as: dict[str, Any] = dict(how)
    found = {
        ", ".join(each.values()): load_tasks(file, **read_as | {"where": where | each}) for each in apart or [where]
    }
    out = Path(f"{_name_of(file)}-report") if out is None else out
    return write_report_of_tables(found, question, out, command, file, images)


def _name_of(source: Path) -> str:
    """Return what the report of a file, or of a frame, is called."""
    return without_ending(source.name).strip("()")


def write_report_of_tables(
    found: Mapping[str, Table | Tasks],
    question: Question,
    out: Path,
    command: str,
    source: Path,
    images: Path | None = None,
) -> Path:
    """Write the report of what was loaded: each pool by what sets it apart; of one pool the name is empty."""
    name = _name_of(source)
    tables = {pool: each for pool, each in found.items() if isinstance(each, Table)}
    if tables.keys() == found.keys():
        first = next(iter(tables.values()))
        named = tables if len(tables) > 1 else {"": first}
        return write_report_from(
            gather_table(source, name, named, _planned(question(first), first), command, images), out
        )
    if len(found) > 1:
        fault = f"has several tasks in several ways ({listed(found)}), which are never pooled: choose one with --where"
        raise TableError(source, [fault])
    if images is not None:
        raise TableError(images, ["is of one test set, and the table has several tasks: choose one with --where"])
    (tasks,) = (each for each in found.values() if isinstance(each, Tasks))
    metric, control, told = asked = question(tasks.first)
    return write_report_of_tasks(tasks, compare_tasks(tasks, metric, control, **told), _planned(asked, tasks.first),
                                 name, out, command)  # fmt: skip


def write_report_of_tasks(
    tasks: Tasks, whole: ComparisonOverTasks, asked: PlannedAnalysis, name: str, out: Path, command: str
) -> Path:
    """Write the report over the tables of several tasks, and that of each by itself."""
    source = Path(tasks.source)
    own = {
        task: gather_table(Path(table.source), f"{name}, task {task}", {"": table}, asked, command)
        for task, table in tasks.tables.items()
    }
    return write_report_over(over(source, name, own, (tasks, whole), command), out)


def _planned(asked: tuple[str, str, Told], table: Table) -> PlannedAnalysis:
    """Return a question as the plan of a study has it."""
    metric, control, told = asked
    return PlannedAnalysis(
        control=control,
        primary=metric,
        alpha=told.get("alpha", PlannedAnalysis.alpha),
        margin=told.get("margin"),
        direction=told.get("direction"),
        estimand=told.get("estimand") or PlannedAnalysis.estimand,
        bad_ending=told.get("bad_ending"),
        test_fraction=told.get("test_fraction"),
        late_epochs=table.late_epochs,
    )
