"""Files of a results folder as the runner writes them, from rows that tests make up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench import schema
from bench.schema.sealed import sealed


def write_trials(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of trials; a column of the schema that a row lacks is null, any other is a factor."""
    fixed = schema.trials_schema([]).names
    factors = dict.fromkeys(name for row in rows for name in row if name not in fixed)
    write(path, pa.Table.from_pylist([dict(row) for row in rows], schema=schema.trials_schema(list(factors))))


def write(path: Path, table: pa.Table) -> None:
    """Write a table as a sealed file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sealed(table))
