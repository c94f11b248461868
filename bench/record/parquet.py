"""Writing tables of results: sealed parquet files, each moved into place whole."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from bench.base.files import write_atomically
from bench.schema.paths import PACKED_FILE, SEGMENT
from bench.schema.sealed import sealed, sealed_small


def write_parquet(path: Path, table: pa.Table, compression: str = "none") -> None:
    """Write a table as a sealed parquet file, atomically; raise StorageError."""
    write_atomically(path, sealed(table, compression))


def write_trials(path: Path, table: pa.Table) -> None:
    """Write trials or curves into a file of a results folder, by its name; raise StorageError."""
    many = path.name == PACKED_FILE or path.name.startswith(SEGMENT)
    write_atomically(path, sealed(table, "zstd") if many else sealed_small(table))
