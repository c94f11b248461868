"""The files of a results folder as one table, one row a trial, though they are written and compacted meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.schema.curves import CURVES_COLUMN, curves_in, has_curves, joined, of_trials
from bench.schema.divergence import FAILED
from bench.schema.files import ALWAYS, Columns
from bench.schema.paths import CURVES_FOLDER, FAILURES, PACKED_FILE, SEGMENT, STACK, TRIALS_FOLDER

T = TypeVar("T")
Reader = Callable[[Path, Columns], pa.Table]
"""How a file is read. It raises FileNotFoundError where there is none, and anything for a file not to be used."""

_FILE = "_file"


def files_in(folder: Path) -> list[Path]:
    """Return the files of trials or curves in a folder, in order: those of every trial that was there at the start.

    The listing of a folder that is compacted meanwhile may have neither the segment, which is new, nor the files in it,
    which are gone; the next listing has the segment.
    """
    before, found = None, names_in(folder)
    while (segments := {name for name in found if name.startswith(SEGMENT)}) != before:
        before, found = segments, names_in(folder)
    return [folder / name for name in sorted(found)]


def names_in(folder: Path) -> set[str]:
    """Return the names of the files of results in a folder, none where there is no folder; raise OSError."""
    try:
        found = os.listdir(folder)  # noqa: PTH208 - names alone: there may be very many
    except FileNotFoundError:
        return set()
    return {name for name in found if name[-8:] == ".parquet" and name[0] not in "._"}  # in a third of the time


def every_file(folder: Path, read: Callable[[Path], T]) -> dict[Path, T]:
    """Return what `read` makes of each file in a folder; one that is gone when it is read lies in a segment now."""
    found: dict[Path, T] = {}
    files = files_in(folder)
    while missing := [path for path in files if path not in found]:
        try:
            found |= {path: read(path) for path in missing}
        except FileNotFoundError:
            still, files = set(missing), files_in(folder)
            if still <= set(files):
                raise
    return {path: found[path] for path in files}


def one_row_each(tables: Mapping[Path, pa.Table]) -> tuple[pa.Table, np.ndarray]:
    """Return the rows of files of trials as one table, and the place in `tables` of each row's file.

    A trial has one row whatever files it is in. One that did not fail comes before one that failed; then the one that
    ended last; then one in a file of its own before that of a stack, of a segment and of a packed file; then the first
    by file name. Rows that are equal are one row.

    Raises
    ------
    pyarrow.ArrowException
        Columns whose types do not fit together.
    """
    whole = _concatenated([each.replace_schema_metadata() for each in tables.values()])
    files = np.repeat(np.arange(len(tables)), [each.num_rows for each in tables.values()])
    ids = whole["trial_id"].combine_chunks().dictionary_encode()
    if len(ids.dictionary) == len(ids) and not ids.null_count:
        return whole, files
    ranks = np.array([_rank(path) for path in tables])[files]
    failed = pc.fill_null(pc.equal(whole["status"], FAILED), False).to_numpy()
    ended = pc.fill_null(whole["ended_at"].cast(pa.int64()), 0).to_numpy()
    trials = pc.fill_null(ids.indices, -1).to_numpy()
    order = np.lexsort([files, ranks, -ended, failed, trials])
    first = np.r_[True, trials[order][1:] != trials[order][:-1]]
    kept = np.sort(order[first])
    return whole.take(kept), files[kept]


def _concatenated(tables: list[pa.Table]) -> pa.Table:
    """Return tables as one; a column that is empty in one table has the type that it has in the others."""
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowException:
        empty = [[name for name in each.column_names if each[name].null_count == each.num_rows] for each in tables]
        filled = {
            name for each, names in zip(tables, empty, strict=True) for name in each.column_names if name not in names
        }
        parts = (each.drop_columns(list(filled & set(names))) for each, names in zip(tables, empty, strict=True))
        return pa.concat_tables(parts, promote_options="permissive")


def _rank(path: Path) -> int:
    kinds = [FAILURES, STACK, SEGMENT, PACKED_FILE]
    return next((place for place, kind in enumerate(kinds, 1) if path.name.startswith(kind)), 0)


def curves_in_folder(results: Path, read: Reader, trial_ids: Sequence[str]) -> pa.Table:
    """Return the curves of trials of a results folder, in their order: that in its row, else that in a file of curves.

    A file of the curve of another trial is not read.
    """
    own = {f"{trial_id}.parquet" for trial_id in trial_ids}

    def read_wanted(path: Path) -> pa.Table | None:
        together = path.name == PACKED_FILE or path.name.startswith(SEGMENT)
        return read(path, None) if together or path.name in own else None

    trials = every_file(results / TRIALS_FOLDER, lambda path: read(path, {CURVES_COLUMN}))
    apart = every_file(results / CURVES_FOLDER, read_wanted)
    return of_trials(curves_in_files(trials, {path: each for path, each in apart.items() if each}), trial_ids)


def curves_in_files(trials: Mapping[Path, pa.Table], apart: Mapping[Path, pa.Table]) -> pa.Table:
    """Return the curve of each trial in files of trials, or else in files of curves."""
    tables = [*_curves_in_rows(trials), *(apart[path] for path in sorted(apart, key=_rank))]
    return _first_of_each([table for table in tables if table.num_rows])


def _curves_in_rows(trials: Mapping[Path, pa.Table]) -> list[pa.Table]:
    """Return the curves in those rows of trials that are a trial's row."""
    if not trials:
        return []
    plain = {path: table.select(list(ALWAYS)) for path, table in trials.items()}
    places = {path: pa.array(range(table.num_rows)) for path, table in plain.items()}
    kept, files = one_row_each({path: table.append_column(_FILE, places[path]) for path, table in plain.items()})
    rows = kept[_FILE].to_numpy()
    return [
        curves_in(table.take(rows[files == number]))
        for number, table in enumerate(trials.values())
        if has_curves(table)
    ]


def _first_of_each(tables: list[pa.Table]) -> pa.Table:
    """Return tables of curves as one, where each trial has the curve of the first table that it is in."""
    whole = joined(tables)
    places = np.repeat(np.arange(1 + len(tables)), [0, *(table.num_rows for table in tables)])
    trials = whole["trial_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    first = np.full(len(trials), len(places))
    np.minimum.at(first, trials, places)
    return whole.filter(pa.array(places == first[trials]))
