"""Wide tables: a row for each seed and a column for each condition. Other columns of text are settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.errors import TableError, listed
from analysis.importing.endings import stated
from analysis.importing.runs import Logs, Run
from analysis.tables import checks
from analysis.tables.names import CONDITION, ROLES, SEED, candidates, identifying, last_part
from analysis.tables.reading import Raw
from analysis.tables.reading import read as read_table
from analysis.tables.reshaping import wide_to_tidy

_ONE_SEED = re.compile(r"(?:seed|run)?[ _=-]?\d+", re.IGNORECASE)

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
    seeds = {path: _seed(path, raw) for path, raw in tables.items()}
    if len(names := list(dict.fromkeys(seeds.values()))) > 1:
        raise TableError(list(tables)[1], [f"the tables' columns of seeds are {listed(names)}; allowed: one name"])
    runs = tuple(run for path, raw in tables.items() for run in _runs(path, raw, names[0]))
    notes = [f"{path.name}: {note}" for path, raw in tables.items() for note in raw.notes]
    for path, raw in tables.items():
        constant = [
            name for name in _columns(raw) if name != names[0] and len(raw.frame) > 1 and _is_constant(raw, name)
        ]
        if constant:
            notes.append(f"{path.name}: {listed(constant)}: one number in all rows; drop what is no condition")
    return Logs(runs, notes=tuple(notes), condition=(CONDITION,), seed=names[0])


def _columns(raw: Raw) -> list[str]:
    return [str(name) for name in raw.frame.columns if not str(name).startswith("_")]


def _is_constant(raw: Raw, name: str) -> bool:
    found = checks.numbers(pd.Series(raw.frame[name]))
    return bool(found.notna().all()) and found.nunique() == 1


def _seed(path: Path, raw: Raw) -> str:
    """Return the column of seeds, under its own name: folds are known by it."""
    columns = _columns(raw)
    seeds = candidates(columns, SEED)
    if len(seeds) != 1:
        came = f"several, {listed(seeds)}" if seeds else f"none among {listed(columns)}"
        across = [name for name in columns if _ONE_SEED.fullmatch(name.strip())]
        hint = f"; where {listed(across, 2)} are seeds, exchange rows and columns" if len(across) > 1 else ""
        raise TableError(path, [f"one column of seeds is expected, with the name seed; there is {came}{hint}"])
    return seeds[0]


def _runs(path: Path, raw: Raw, seed: str) -> Iterator[Run]:
    beside = [
        name for name in _columns(raw) if name != seed and checks.numbers(pd.Series(raw.frame[name])).isna().all()
    ]
    tidy = wide_to_tidy(path, raw.frame, METRIC, seed=seed, beside=beside).rename(columns={SEED: seed})
    for row in tidy.to_dict("records"):
        value = float(row.pop(METRIC))
        settings = {str(name): checks.as_text(cell).strip() for name, cell in row.items()}
        named = f"{path.name}, {settings[CONDITION]}, {last_part(seed)} {settings[seed]}"
        yield stated(Run(named, settings, {} if np.isnan(value) else {METRIC: value}))
