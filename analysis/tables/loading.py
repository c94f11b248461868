"""A checked table of whatever people have: a file, a results folder, a frame in memory, under their own names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.base.errors import TableError, listed, nearest
from analysis.tables.percent import as_fractions
from analysis.tables.reading import from_memory, place_of, read
from analysis.tables.table import Table, from_raw


def load(
    source: Table | pd.DataFrame | Path | str,
    *,
    condition: str = "condition",
    seed: str = "seed",
    task: str | None = None,
    percent: bool | str = False,
    where: Mapping[str, str] | None = None,
    chance: float | None = None,
    late_epochs: int | None = None,
) -> Table:
    """Return a checked table of trials, one row per trial.

    Parameters
    ----------
    source : Table, DataFrame, Path or str
        A table (returned as it is), a frame, the path of a results folder, a parquet file or a CSV, or the
        ``s3://`` URL of a results folder.
    condition, seed : str
        The columns that say what was compared, and which trials are paired.
    task : str, optional
        The column that says on which task a trial was run. One task is analysed at a time: choose it with `where`.
    percent : bool or str
        Whether accuracies and gaps are in per cent: they are divided by 100, counts are not. The name of a metric says
        that it is, and it is divided even where it is neither.
    where : mapping of column to value, optional
        Which rows to keep.
    chance : float, optional
        Accuracy of guessing, a fraction; default: 1 / ``classes`` where the table has that column.
    late_epochs : int, optional
        How many of the last epochs ``late_test_accuracy`` is the median of; default: the plan's, or 4.

    Raises
    ------
    TableError
        With every fault that could be found.
    """
    if isinstance(source, Table):
        if percent:
            raise TableError(source.source, ["is loaded already: give percent where it is loaded"])
        return source if late_epochs is None else replace(source, late_epochs=late_epochs)
    path = Path("(frame)") if isinstance(source, pd.DataFrame) else place_of(source)
    raw = from_memory(source) if isinstance(source, pd.DataFrame) else read(path)
    frame = _renamed(path, raw.frame, {condition: "condition", seed: "seed"})
    chosen = dict(where or {})
    if task is not None:
        _check_one_task(path, frame, task, chosen)
    if percent:
        frame = as_fractions(path, frame, percent if isinstance(percent, str) else None)
    return from_raw(path, replace(raw, frame=frame), chosen, chance, late_epochs)


def _renamed(source: Path, frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the frame with its columns under the names that the analysis knows."""
    shown = [str(name) for name in frame.columns if not str(name).startswith("_")]
    wanted = {given: name for given, name in names.items() if given != name}
    faults = [f"column {given!r} is missing{nearest(given, shown)}" for given in wanted if given not in frame.columns]
    faults += [
        f"column {given!r} is to be {name!r}, and there is another column of that name: rename or drop it"
        for given, name in wanted.items()
        if name in frame.columns and name not in wanted
    ]
    if faults:
        raise TableError(source, faults)
    return frame.rename(columns=wanted)


def _check_one_task(source: Path, frame: pd.DataFrame, task: str, chosen: Mapping[str, str]) -> None:
    if task not in frame.columns:
        raise TableError(source, [f"column {task!r} is missing{nearest(task, list(map(str, frame.columns)))}"])
    tasks = sorted({str(each) for each in frame[task].dropna()})
    if len(tasks) > 1 and task not in chosen:
        raise TableError(
            source,
            [f"column {task!r} has several tasks: {listed(tasks)}; choose one: where={{{task!r}: {tasks[0]!r}}}"],
        )
