"""The parquet files of a results folder, verified: their seal, names and types of columns, and whose rows they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from bench.schema.columns import CURVES, LATER, MORE_KINDS, THROUGHPUT, WORDS, curves_schema, trials_schema
from bench.schema.curves import CURVES_COLUMN, columns_in, curves_type
from bench.schema.paths import CURVES_FOLDER, PACKED_FILE, THROUGHPUT_FOLDER, TRIALS_FOLDER
from bench.schema.sealed import UnusableFileError, is_sealed, sealed_table_in, table_in


def trials_in(content: bytes, path: Path) -> pa.Table:
    """Return the rows in the content of a file of trials: of one trial, which names the file, or of many.

    Raises
    ------
    DamagedFileError
        A file whose bytes are not those that were written.
    UnusableFileError
        A file of other columns, of another trial, or of a newer version.
    """
    table = _held_to(sealed_table_in(content), _trials)
    if table.num_rows == 0:
        raise UnusableFileError("has no rows; expected one row per trial")
    if path.name != PACKED_FILE and table["trial_id"].to_pylist() != [path.stem]:
        raise UnusableFileError(f"holds {_whose(table)}: a file was renamed")
    return table


def curves_in(content: bytes, path: Path) -> pa.Table:
    """Return the rows in the content of a file of curves: of one trial, which names the file, or of many.

    The errors are those of `trials_in`.
    """
    table = _held_to(sealed_table_in(content), _curves)
    if path.name != PACKED_FILE and set(table["trial_id"].to_pylist()) != {path.stem}:
        raise UnusableFileError(f"holds the curve of {_whose(table)}: a file was renamed")
    return table


def throughput_in(content: bytes, _: Path) -> pa.Table:
    """Return the rows in the content of a measurement of speed; the errors of `trials_in`."""
    return _held_to(sealed_table_in(content), _throughput)


_FIXED = frozenset(trials_schema([]).names)

OF_FOLDER = {
    TRIALS_FOLDER: trials_in,
    CURVES_FOLDER: curves_in,
    THROUGHPUT_FOLDER: throughput_in,
}
"""How the files in each folder of results are read."""


def read_result(path: Path) -> pa.Table:
    """Return the rows of a file of a results folder, by the folder that it lies in.

    The errors are those of `trials_in`, and OSError.
    """
    return OF_FOLDER[path.parent.name](path.read_bytes(), path)


def read_table(path: Path) -> pa.Table:
    """Return the rows of anybody's parquet file; one that is sealed must fit its seal, and hold trials.

    The errors are those of `read_result`.
    """
    content = path.read_bytes()
    table = table_in(content)
    return _held_to(table, _trials) if is_sealed(content) else table


def _held_to(table: pa.Table, contract: Callable[[pa.Table], pa.Schema]) -> pa.Table:
    """Return the table where its columns have the names and types of the contract; raise UnusableFileError."""
    expected = contract(table)
    if table.schema.equals(expected):
        return table
    given, wanted = _types(table.schema), _types(expected)
    lacking = [name for name in wanted if name not in given and name not in LATER]
    faults = [f"lacks {', '.join(lacking)}"] if lacking else []
    faults += [f"has {name}, which is no column of it" for name in given if name not in wanted]
    faults += [
        f"has {name} as {kind}, not {wanted[name]}"
        for name, kind in given.items()
        if name in wanted and kind != wanted[name]
    ]
    if len(given) < table.num_columns:
        faults.append("has several columns of one name")
    if faults:
        raise UnusableFileError(f"is not as this harness writes it: {'; '.join(faults)}")
    return table


def _trials(table: pa.Table) -> pa.Schema:
    kinds = _types(table.schema)
    if CURVES_COLUMN not in kinds:
        return _trials_without_curves(tuple(kinds.items()))
    kind = curves_type(columns_in(kinds.pop(CURVES_COLUMN)))
    return _trials_without_curves(tuple(kinds.items())).append(pa.field(CURVES_COLUMN, kind))


@lru_cache
def _trials_without_curves(kinds: tuple[tuple[str, pa.DataType], ...]) -> pa.Schema:
    """Return the contract for a table with these columns; those that a study adds have one of a few types."""
    more = {name: kind for name, kind in kinds if name not in _FIXED}
    usual = trials_schema(list(more))
    return trials_schema(
        {
            name: kind if kind in MORE_KINDS and name not in WORDS else usual.field(name).type
            for name, kind in more.items()
        }
    )


def _curves(table: pa.Table) -> pa.Schema:
    more = [name for name in table.column_names if name not in CURVES.names]
    return curves_schema(more) if more else CURVES


def _throughput(_: pa.Table) -> pa.Schema:
    return THROUGHPUT


def _types(columns: pa.Schema) -> dict[str, pa.DataType]:
    return dict(zip(columns.names, columns.types, strict=True))


def _whose(table: pa.Table) -> str:
    ids = sorted(set(table["trial_id"].to_pylist()), key=str)
    return f"trial {ids[0]}" if len(ids) == 1 else f"{len(ids)} trials"
