"""A table as parquet or CSV, by the end of the file's name."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.base.errors import TableError
from analysis.base.files import check_writable, write_atomically
from analysis.base.formulas import guarded as shown_as_text
from analysis.base.formulas import is_formula


def check_out(path: Path, inputs: list[Path]) -> None:
    """Refuse a file that cannot be written, of an unknown end, or that is what is read; raise TableError."""
    if path.suffix.lower() not in (".parquet", ".csv"):
        raise TableError(path, ["--out ends in .parquet or .csv, which says what is written"])
    if any(path.resolve() == each.resolve() for each in inputs):
        raise TableError(path, ["--out is what is read: give another file"])
    check_writable(path)


def write_table(path: Path, table: pa.Table) -> list[str]:
    """Write it, and return what a CSV cannot hold: bytes, and text that a spreadsheet takes for a formula."""
    if path.suffix.lower() == ".parquet":
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        write_atomically(path, sink.getvalue().to_pybytes())
        return []
    left_out = [each.name for each in table.schema if pa.types.is_binary(each.type)]
    table = table.drop_columns(left_out)
    guarded: set[str] = set()
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([_cell(name, guarded) for name in table.column_names])
    rows.writerows([_cell(cell, guarded) for cell in row.values()] for row in table.to_pylist())
    write_atomically(path, text.getvalue().encode())
    notes = [f"{name} is left out: a CSV has no bytes; give --out FILE.parquet" for name in left_out]
    if guarded:
        first = ", ".join(repr(each) for each in sorted(guarded)[:4])
        notes.append(
            f"text that a spreadsheet takes for a formula has an apostrophe in front: {first}; not so in parquet"
        )
    return notes


def _cell(value: Any, guarded: set[str]) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        if is_formula(value):
            guarded.add(value)
        return shown_as_text(value)
    return str(value).lower() if isinstance(value, bool) else repr(value)
