"""Files of a results folder as the runner writes them, from rows that tests make up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench import schema
from bench.record.tables import trials_table
from bench.schema.sealed import sealed


def write_trials(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of trials; a column of the schema that a row lacks is null, any other is a factor."""
    fixed = schema.trials_schema([]).names
    factors = dict.fromkeys(name for row in rows for name in row if name not in fixed)
    write(path, pa.Table.from_pylist([dict(row) for row in rows], schema=schema.trials_schema(list(factors))))


def write_apart(folder: Path, row: Mapping[str, Any], curve: Sequence[Mapping[str, Any]]) -> None:
    """Write a trial into the results `folder` as earlier versions did: its row in one file, its curve in another."""
    name = f"{row['trial_id']}.parquet"
    write(folder / schema.TRIALS_FOLDER / name, trials_table([dict(row)]))
    if curve:
        more = [
            each for each in dict.fromkeys(key for point in curve for key in point) if each not in schema.CURVES.names
        ]
        points = [{"trial_id": row["trial_id"], **point} for point in curve]
        write(folder / schema.CURVES_FOLDER / name, pa.Table.from_pylist(points, schema=schema.curves_schema(more)))


def write(path: Path, table: pa.Table) -> None:
    """Write a table as a sealed file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sealed(table))
