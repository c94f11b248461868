"""A checked table of whatever people have: a file, a results folder, a frame in memory, under their own names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from analysis.base.errors import TableError, nearest, option
from analysis.tables.names import CONDITION, SEED, column_named, identifying
from analysis.tables.percent import as_fractions, tiny
from analysis.tables.reading import from_memory, place_of, read
from analysis.tables.table import Table, from_raw
from analysis.tables.tasks import (
    TASK,
    Tasks,
    by_name,
    column_of,
    each_task,
    one_at_a_time,
    one_run_each,
    split,
    tasks_of_folder,
)
from analysis.tables.tidying import Wanted, tidy
from bench.schema.tasks import task_folder

Source: TypeAlias = Table | pd.DataFrame | Path | str
"""What a table can be made of."""

ALLOWED = "a DataFrame, a path, what analysis.load gives, or a mapping of tasks to these"


def load(
    source: Source | Tasks,
    *,
    condition: str = "condition",
    seed: str = "seed",
    task: str | None = None,
    percent: bool | str = False,
    where: Mapping[str, str] | None = None,
    chance: float | None = None,
    late_epochs: int | None = None,
    epochs: str | None = None,
    one_condition: bool = False,
) -> Table:
    """Return a checked table of trials, one row per trial, of one task; the parameters and errors of `load_tasks`."""
    found = load_tasks(
        source,
        condition=condition,
        seed=seed,
        task=task,
        percent=percent,
        where=where,
        chance=chance,
        late_epochs=late_epochs,
        epochs=epochs,
        one_condition=one_condition,
    )
    if isinstance(found, Tasks):
        raise one_at_a_time(found.source, list(found.tables), found.choice)
    return found


def load_tasks(
    source: Source | Tasks | Sequence[Path | str] | Mapping[str, Source],
    *,
    condition: str = "condition",
    seed: str = "seed",
    task: str | None = None,
    percent: bool | str = False,
    where: Mapping[str, str] | None = None,
    chance: float | None = None,
    late_epochs: int | None = None,
    epochs: str | None = None,
    one_condition: bool = False,
) -> Table | Tasks:
    """Return a checked table of trials, one row per trial; where they are of several tasks, a table of each.

    Parameters
    ----------
    source : Table, DataFrame, Path or str; or a list of paths, or a mapping of task to any of these
        A table (returned as it is), a frame, the path of a results folder, a parquet file or a CSV, or the
        ``s3://`` URL of a results folder. Several are tasks: each by the name of its file or folder, or by its key.
    condition, seed : str
        The columns that say what was compared, and which trials are paired. By default they are looked for where no
        column has these names (`analysis.tables.names.named`), and the notes of the table say which were taken.
    task : str, optional
        The column that says on which task a trial was run. A column ``task`` is it by itself where it has several
        values.
    percent : bool or str
        Whether accuracies and gaps are in per cent: they are divided by 100, counts are not. The name of a metric says
        that it is, and it is divided even where it is neither.
    where : mapping of column to value, optional
        Which rows to keep; ``{"task": "fashion"}`` keeps one task, of a study with several too.
    chance : float, optional
        Accuracy of guessing, a fraction; default: 1 / ``classes`` where the table has that column.
    late_epochs : int, optional
        How many of the last epochs ``late_test_accuracy`` is the median of; default: the plan's, or 4.
    epochs : str, optional
        Which epoch of a trial counts, in a table with a row for each: ``last``, or ``best:COLUMN`` by a validation
        metric.
    one_condition : bool
        Whether a table without a column of conditions is of one condition.

    Raises
    ------
    TableError
        With every fault that could be found.
    """
    if not isinstance(where, Mapping | None):
        raise TableError("where", [f"is of type {type(where).__name__}; allowed: a mapping of column to value"])
    chosen = dict(where or {})
    condition, seed, task = str(condition), str(seed), None if task is None else str(task)
    loaded = partial(
        load,
        condition=condition,
        seed=seed,
        task=task,
        percent=percent,
        chance=chance,
        late_epochs=late_epochs,
        epochs=epochs,
        one_condition=one_condition,
    )
    if isinstance(source, Mapping | Sequence) and not isinstance(source, str):
        named = source if isinstance(source, Mapping) else by_name(source)
        if not named:
            raise TableError("tables", ["there is none; give one or more"])
        if faults := _faults_of(named):
            raise TableError("tables", faults)
        if len(named) > 1:
            return _one_or_each("tables", named, loaded, chosen)
        (source,) = named.values()
    if isinstance(source, Tasks | Table):
        return _loaded(source, percent, late_epochs)
    if not isinstance(source, pd.DataFrame | PathLike | str):
        raise TableError("table", [f"is of type {type(source).__name__}; allowed: {ALLOWED}"])
    path = Path("(frame)") if isinstance(source, pd.DataFrame) else place_of(fspath(source))
    if names := tasks_of_folder(path):
        folders = {name: partial(task_folder, path, name) for name in names}
        return _one_or_each(path, folders, lambda folder, **more: loaded(folder(), **more), chosen)
    given = {CONDITION: condition, SEED: seed}
    raw = from_memory(source) if isinstance(source, pd.DataFrame) else read(path, partial(identifying, given=given))
    task = task and (column_named([str(name) for name in raw.frame.columns], task) or task)
    raw, chosen = tidy(path, raw, Wanted(given, task, chosen, epochs, one_condition))
    if percent:
        metric = percent if isinstance(percent, str) else None
        frame = as_fractions(path, raw.frame, metric, raw.percent)
        raw = replace(raw, frame=frame, warnings=(*raw.warnings, *tiny(raw.frame, frame)))
    column = column_of(path, raw, task, chosen)
    if column is None:
        return from_raw(path, raw, chosen, chance, late_epochs)
    raw = one_run_each(raw, column)
    parts = split(path, raw, column, chosen)
    if len(parts) == 1:
        return from_raw(path, raw, chosen, chance, late_epochs)
    made = {name: partial(from_raw, path, rows, chosen, chance, late_epochs) for name, rows in parts.items()}
    return each_task(path, made, column)


def _faults_of(named: Mapping[str, Any]) -> list[str]:
    """Return a fault for each task whose table is none: columns, say, in a mapping that is no table itself."""
    return [
        f"task {name!r} is of type {type(each).__name__}; allowed for each task: a DataFrame, a path, or what "
        "analysis.load gives (pandas.DataFrame(columns) makes a table of columns)"
        for name, each in named.items()
        if not isinstance(each, Table | pd.DataFrame | PathLike | str)
    ]


def _loaded(source: Table | Tasks, percent: bool | str, late_epochs: int | None) -> Table | Tasks:
    """Return what is loaded already."""
    if percent:
        raise TableError(str(source.source), ["is loaded already: give percent where it is loaded"])
    if late_epochs is None:
        return source
    if isinstance(source, Table):
        return replace(source, late_epochs=late_epochs)
    return replace(
        source, tables={name: replace(each, late_epochs=late_epochs) for name, each in source.tables.items()}
    )


def _one_or_each(
    source: Path | str, named: Mapping[str, Any], loaded: Callable[..., Table], where: dict[str, str]
) -> Table | Tasks:
    """Return the table of the task that `where` chooses, else those of all."""
    chosen = where.pop(TASK, None)
    if chosen is None:
        return each_task(source, {name: partial(loaded, each, where=where) for name, each in named.items()})
    if chosen not in named:
        raise TableError(
            source, [f"{option('where', f'{TASK}={chosen}')}: there is no such task{nearest(chosen, named)}"]
        )
    return loaded(named[chosen], where=where)
