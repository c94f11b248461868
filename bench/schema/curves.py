"""Tables of curves: of some trials, and in the rows of these, where one file has both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.schema.columns import CURVES, curves_schema

CURVES_COLUMN = "curves"
"""List column of a table of trials: one struct per epoch, with the columns of curves but ``trial_id``."""


def curves_type(columns: Iterable[str]) -> pa.DataType:
    """Return the type of the list column, for curves with these columns."""
    more = [name for name in columns if name not in CURVES.names]
    return pa.list_(pa.struct([field for field in curves_schema(more) if field.name != "trial_id"]))


def columns_in(kind: pa.DataType) -> list[str]:
    """Return the columns of the curves in a list column of this type; none where it is another type."""
    is_structs = pa.types.is_list(kind) and pa.types.is_struct(kind.value_type)
    return [field.name for field in kind.value_type] if is_structs else []


def has_curves(trials: pa.Table) -> bool:
    """Return whether a table of trials, anybody's, has curves in its rows."""
    if not {CURVES_COLUMN, "trial_id"} <= set(trials.column_names):
        return False
    kind = trials.schema.field(CURVES_COLUMN).type
    return kind == curves_type(columns_in(kind))


def curves_in(trials: pa.Table) -> pa.Table:
    """Return the curves in the rows of trials as a table of curves."""
    lists = trials[CURVES_COLUMN].combine_chunks()
    points = pa.Table.from_struct_array(pc.list_flatten(lists))
    return points.add_column(0, "trial_id", trials["trial_id"].take(pc.list_parent_indices(lists)))


def with_curves(trials: pa.Table, curves: pa.Table) -> pa.Table:
    """Return trials with the curve of each in its row, null where it has none; `curves` are of these trials."""
    place = pc.index_in(curves["trial_id"], trials["trial_id"]).to_numpy()
    points = curves.take(np.argsort(place, kind="stable")).drop_columns("trial_id")
    counts = np.bincount(place, minlength=trials.num_rows)
    lists = pa.ListArray.from_arrays(
        pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32()),
        points.combine_chunks().to_struct_array().combine_chunks(),
        mask=pa.array(counts == 0),
    )
    return trials.append_column(CURVES_COLUMN, lists.cast(curves_type(curves.column_names)))


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Return tables of curves as one, null where one has no such column; without any, a table without rows."""
    return pa.concat_tables([CURVES.empty_table(), *tables], promote_options="default")


def of_trials(curves: pa.Table, trial_ids: Sequence[str]) -> pa.Table:
    """Return the curves of these trials, in their order, epochs as they stand."""
    wanted = pa.array(trial_ids, pa.string())
    found = curves.filter(pc.is_in(curves["trial_id"], wanted))
    return found.take(pc.sort_indices(pc.index_in(found["trial_id"], wanted)))  # a stable sort
