"""Wide tables: a row for each seed and a column for each condition. Other columns of text are settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.errors import TableError, listed
from analysis.importing.runs import Logs, Run
from analysis.tables import checks
from analysis.tables.names import CONDITION, ROLES, SEED, candidates, identifying
from analysis.tables.reading import Raw
from analysis.tables.reading import read as read_table
from analysis.tables.reshaping import wide_to_tidy

METRIC = "value"
"""What the numbers are called, because such a table does not say it."""


def read(paths: Sequence[Path]) -> Logs:
    """Read wide tables.

    Raises
    ------
    TableError
        No column of seeds, or several; a seed that comes twice; fewer than two columns of numbers.
    """
    tables = {
        path: read_table(path, lambda header: identifying(header, {role: role for role in ROLES})) for path in paths
    }
    runs = tuple(run for path, raw in tables.items() for run in _runs(path, raw))
    notes = tuple(f"{path.name}: {note}" for path, raw in tables.items() for note in raw.notes)
    return Logs(runs, notes=notes, condition=(CONDITION,), seed=SEED)


def _runs(path: Path, raw: Raw) -> Iterator[Run]:
    columns = [str(name) for name in raw.frame.columns if not str(name).startswith("_")]
    seeds = candidates(columns, SEED)
    if len(seeds) != 1:
        came = f"several, {listed(seeds)}" if seeds else f"none among {listed(columns)}"
        raise TableError(path, [f"one column of seeds is expected, with the name seed; there is {came}"])
    beside = [name for name in columns if name not in seeds and checks.numbers(pd.Series(raw.frame[name])).isna().all()]
    tidy = wide_to_tidy(path, raw.frame, METRIC, seed=seeds[0], beside=beside)
    for row in tidy.to_dict("records"):
        value = float(row.pop(METRIC))
        settings = {str(name): checks.as_text(cell).strip() for name, cell in row.items()}
        named = f"{path.name}, {settings['condition']}, seed {settings['seed']}"
        yield Run(named, settings, {} if np.isnan(value) else {METRIC: value})
