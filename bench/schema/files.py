"""The parquet files of a results folder, verified: their seal, names and types of columns, and whose rows they are."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import pyarrow as pa

from bench.schema.columns import CURVES, LATER, MORE_KINDS, THROUGHPUT, WORDS, curves_schema, trials_schema
from bench.schema.curves import CURVES_COLUMN, columns_in, curves_type
from bench.schema.paths import (
    CURVES_FOLDER,
    FAILURES,
    PACKED_FILE,
    SEGMENT,
    STACK,
    THROUGHPUT_FOLDER,
    TRIALS_FOLDER,
    file_name,
)
from bench.schema.sealed import UnusableFileError, is_sealed, sealed_table_in, table_in

Columns = Container[str] | None
"""Columns to read, beside `ALWAYS`; None for all."""
ALWAYS = frozenset({"trial_id", "status", "ended_at"})
"""Columns that say whose a row is, and which of several rows of a trial is its row."""
Contract = Callable[[pa.Schema], pa.Schema]
"""Columns that a file has -> those that it must have."""


@dataclass(frozen=True)
class AllBut:
    """Every column but some."""

    left_out: frozenset[str]

    def __contains__(self, name: object) -> bool:
        return name not in self.left_out


def trials_in(content: bytes, path: Path, columns: Columns = None) -> pa.Table:
    """Return the rows in the content of a file of trials, which name the file: of one trial, of a stack, or of many.

    The whole file is verified, and those of `columns` are read that it has.

    Raises
    ------
    DamagedFileError
        A file whose bytes are not those that were written.
    UnusableFileError
        A file of other columns, of other trials, or of a newer version.
    """
    table = sealed_table_in(content, partial(_chosen, _trials, columns))
    if table.num_rows == 0:
        raise UnusableFileError("has no rows; expected one row per trial")
    _check_name(path, table["trial_id"].to_pylist(), "holds")
    return table


def curves_in(content: bytes, path: Path, columns: Columns = None) -> pa.Table:
    """Return the rows in the content of a file of curves, which name the file; as `trials_in`."""
    table = sealed_table_in(content, partial(_chosen, _curves, columns))
    _check_name(path, table["trial_id"].unique().to_pylist(), "holds the curve of")
    return table


def throughput_in(content: bytes, _: Path, columns: Columns = None) -> pa.Table:
    """Return the rows in the content of a measurement of speed; the errors of `trials_in`."""
    return sealed_table_in(content, partial(_chosen, _throughput, columns))


def _check_name(path: Path, ids: list[str], holds: str) -> None:
    """Raise UnusableFileError for a file that is not named by the trials in it."""
    kind = next((kind for kind in (SEGMENT, FAILURES) if path.name.startswith(kind)), STACK)
    if path.name != PACKED_FILE and (None in ids or path.name != file_name(ids, kind)):
        whose = f"trial {ids[0]}" if len(ids) == 1 else f"{len(ids)} trials"
        raise UnusableFileError(f"{holds} {whose}: a file was renamed")


_FIXED = frozenset(trials_schema([]).names)

OF_FOLDER = {
    TRIALS_FOLDER: trials_in,
    CURVES_FOLDER: curves_in,
    THROUGHPUT_FOLDER: throughput_in,
}
"""How the files in each folder of results are read."""


def read_result(path: Path, columns: Columns = None) -> pa.Table:
    """Return the rows of a file of a results folder, by the folder that it lies in; of all its columns, or some.

    The errors are those of `trials_in`, and OSError.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():
            raise UnusableFileError("is a link to a file that is not there") from None
        raise
    return OF_FOLDER[path.parent.name](content, path, columns)


def read_table(path: Path) -> pa.Table:
    """Return the rows of anybody's parquet file; one that is sealed must fit its seal, and hold trials.

    The errors are those of `read_result`.
    """
    content = path.read_bytes()
    return table_in(content, partial(_chosen, _trials, None)) if is_sealed(content) else table_in(content)


def _chosen(contract: Contract, columns: Columns, given: pa.Schema) -> list[str] | None:
    """Return which of the given columns to read; raise UnusableFileError unless all are as in the contract."""
    _check(contract, given)
    return None if columns is None else [name for name in given.names if name in ALWAYS or name in columns]


@lru_cache
def _check(contract: Contract, columns: pa.Schema) -> None:
    expected = contract(columns)
    if columns.equals(expected):
        return
    given, wanted = _types(columns), _types(expected)
    lacking = [name for name in wanted if name not in given and name not in LATER]
    faults = [f"lacks {', '.join(lacking)}"] if lacking else []
    faults += [f"has {name}, which is no column of it" for name in given if name not in wanted]
    faults += [
        f"has {name} as {kind}, not {wanted[name]}"
        for name, kind in given.items()
        if name in wanted and kind != wanted[name]
    ]
    if len(given) < len(columns.names):
        faults.append("has several columns of one name")
    if faults:
        raise UnusableFileError(f"is not as this harness writes it: {'; '.join(faults)}")


def _trials(columns: pa.Schema) -> pa.Schema:
    kinds = _types(columns)
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


def _curves(columns: pa.Schema) -> pa.Schema:
    more = [name for name in columns.names if name not in CURVES.names]
    return curves_schema(more) if more else CURVES


def _throughput(_: pa.Schema) -> pa.Schema:
    return THROUGHPUT


def _types(columns: pa.Schema) -> dict[str, pa.DataType]:
    return dict(zip(columns.names, columns.types, strict=True))
