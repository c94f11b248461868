"""Long tables: a row for each metric of a run, in the columns ``metric`` (or ``variable``) and ``value``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.errors import TableError
from analysis.importing.endings import stated
from analysis.importing.runs import Logs, Run
from analysis.tables import checks
from analysis.tables.names import ROLES, identifying
from analysis.tables.reading import LOSS_NOT_FINITE, is_loss, long_columns
from analysis.tables.reading import read as read_table
from analysis.tables.reshaping import long_to_tidy


def read(paths: Sequence[Path]) -> Logs:
    """Read long tables; rows that differ in an epoch are of one run.

    Raises
    ------
    TableError
        No such columns, a metric that comes twice in a run, an epoch that is no number.
    """
    tables = {
        path: read_table(path, lambda header: identifying(header, {role: role for role in ROLES})) for path in paths
    }
    runs = tuple(run for path, raw in tables.items() for run in _runs(path, raw.frame))
    return Logs(runs, notes=tuple(f"{path.name}: {note}" for path, raw in tables.items() for note in raw.notes))


def _runs(path: Path, frame: pd.DataFrame) -> Iterator[Run]:
    columns = long_columns(frame)
    if columns is None:
        raise TableError(path, ["has no columns 'metric' (or 'variable') and 'value'; each row is one metric of a run"])
    tidy = long_to_tidy(path, frame, *columns)
    metrics = [name for name in tidy.columns if name not in frame.columns]
    own = [name for name in tidy.columns if name not in metrics and not str(name).startswith("_")]
    course = next((name for name in checks.COURSE if name in own), None)
    settings = [name for name in own if name != course]
    if not settings:
        raise TableError(path, ["has no column but metric and value: nothing says which run a row is of"])
    cells = pd.DataFrame({name: checks.each_once(tidy[name], checks.as_text).str.strip() for name in settings})
    values = pd.DataFrame({name: checks.numbers(tidy[name]) for name in metrics})
    place = pd.Series(0.0, tidy.index) if course is None else checks.numbers(tidy[course]).astype(float)
    if place.isna().any():
        raise TableError(path, [f"{course} is empty, or no number, in {int(place.isna().sum())} rows"])
    for keys, rows in cells.groupby(settings, sort=False).indices.items():
        in_turn = place.take(np.asarray(rows, int)).sort_values(kind="stable").index
        histories = {
            str(name): tuple(zip(place[known.index], known, strict=True))
            for name in metrics
            if len(known := _known(str(name), values.loc[in_turn, name], tidy.loc[in_turn, LOSS_NOT_FINITE]))
        }
        run = Run(
            f"{path.name}, {', '.join(map(str, keys if isinstance(keys, tuple) else (keys,)))}",
            dict(cells.loc[in_turn[0]]),
            {name: course_[-1][1] for name, course_ in histories.items()},
            {} if course is None else histories,
        )
        yield stated(run)


def _known(metric: str, values: pd.Series, broke: pd.Series) -> pd.Series:
    """Return the values that are no empty cells: of a loss a NaN too, in a row in which some loss is not finite."""
    return values.loc[values.notna() | (broke.astype(bool) & is_loss(metric))]
