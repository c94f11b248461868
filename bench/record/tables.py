"""Tables of trials as they are written: rows, with their curves, in the columns of the schema."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyarrow as pa

from bench import schema
from bench.schema.curves import CURVES_COLUMN, curves_type

if TYPE_CHECKING:
    from bench.record.rows import Row

_OF_TRIALS = {*schema.trials_schema([]).names, CURVES_COLUMN}


def trials_table(rows: Iterable[Row]) -> pa.Table:
    """Return rows of trials as a table; a factor that some lack is null there. Curves may be in the rows."""
    rows = list(rows)
    more: dict[str, pa.DataType] = {}
    for row in rows:
        for column in row.keys() - _OF_TRIALS - {name for name, kind in more.items() if kind != pa.null()}:
            more[column] = _kind(column, row[column])
    kinds = {column: pa.float64() if kind == pa.null() else kind for column, kind in more.items()}
    order = dict.fromkeys(column for row in rows for column in row if column in kinds)
    columns = schema.trials_schema({column: kinds[column] for column in order})
    if any(CURVES_COLUMN in row for row in rows):
        points = (point for row in rows for point in row.get(CURVES_COLUMN) or ())
        named = dict.fromkeys(name for point in points for name in point)
        columns = columns.append(pa.field(CURVES_COLUMN, curves_type(named)))
    return pa.Table.from_pylist(rows, schema=columns)


def in_order(table: pa.Table) -> pa.Table:
    """Return trials with their columns in the order of the schema; a column that the table lacks is null."""
    more = {field.name: field.type for field in table.schema if field.name not in _OF_TRIALS}
    columns = schema.trials_schema(more)
    have = set(table.column_names)
    filled = [table[name] if name in have else pa.nulls(len(table), columns.field(name).type) for name in columns.names]
    return pa.Table.from_arrays(filled, schema=columns)


def _kind(column: str, value: object) -> pa.DataType:
    """Return the type of a column that a study adds, by one of its values."""
    if column in schema.WORDS:
        return pa.string()
    known: dict[type, pa.DataType] = {bool: pa.bool_(), str: pa.string(), bytes: pa.binary(), type(None): pa.null()}
    return known.get(type(value), pa.float64())
