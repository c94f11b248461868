"""Writing tables of results: sealed parquet files, each moved into place whole."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from bench.base.files import write_atomically
from bench.schema.sealed import sealed


def write_parquet(path: Path, table: pa.Table, compression: str = "none") -> None:
    """Write a table as a sealed parquet file, atomically; raise StorageError."""
    write_atomically(path, sealed(table, compression))
