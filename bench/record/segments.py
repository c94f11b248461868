"""Segments: finished trials of many files in one, written and read back before any of these files is deleted.

A kill at any point leaves every trial in some file, and no reader gives a trial two rows (`bench.schema.folder`).
"""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench import schema
from bench.base.errors import StorageError
from bench.base.files import remove
from bench.record.parquet import write_trials
from bench.record.reading import TrialFiles, read_verified
from bench.schema.curves import CURVES_COLUMN
from bench.schema.folder import curves_in_files, files_in, one_row_each
from bench.schema.local_copy import copy_of
from bench.schema.paths import FAILURES, SEGMENT, file_name
from bench.schema.sealed import ROW_GROUP

MOST_LOOSE = 512
"""Files that are left as they are; where there are more, they are compacted."""
MOST_AT_ONCE = 4_096
"""Files that go into one segment at most, so that little memory is needed."""
POINTS = 10 * ROW_GROUP
"""Rows of a segment of curves with which it is no longer written again."""
_BITS = "test_bits"


def is_due(files: TrialFiles) -> bool:
    """Return whether there are more than `MOST_LOOSE` loose files, as far as is known without looking."""
    return len(files.trials_of) > MOST_LOOSE and len(loose_files(files)) > MOST_LOOSE


def loose_files(files: TrialFiles) -> list[Path]:
    """Return the files that can be compacted: those of trials that are done, which nobody replaces by other trials."""
    left = {schema.PACKED_FILE, *(path.name for path in files.with_failures)}
    return [path for path in files.trials_of if path.name not in left and not path.name.startswith((SEGMENT, FAILURES))]


def compact(files: TrialFiles, curves: Path) -> None:
    """Put loose files into segments for as long as there are more than `MOST_LOOSE`; raise StorageError.

    Parameters
    ----------
    files : TrialFiles
        Of the folder of trials.
    curves : Path
        The folder of curves.
    """
    files.refresh()
    try:
        while len(loose := loose_files(files)) > MOST_LOOSE:
            _compact(files, curves, loose[:MOST_AT_ONCE])
    except FileNotFoundError:  # on a store without claims that hold, another runner compacts as well
        files.refresh()


def _compact(files: TrialFiles, curves: Path, loose: list[Path]) -> None:
    """Write one segment of trials, and one of their curves, and delete what they came from.

    Segments of less than a row group go in as well, so that a trial is written a few times at most.
    """
    trials = {path: read_verified(path) for path in (*loose, *_small(files.folder, ROW_GROUP))}
    rows, _ = one_row_each({path: _without_curves(table) for path, table in trials.items()})
    ids = set(rows["trial_id"].to_pylist())
    apart = {path: read_verified(path) for path in _small(curves, POINTS)}
    apart |= {path: read_verified(path) for each in ids if (path := curves / f"{each}.parquet").exists()}
    points = curves_in_files(trials, apart)
    order = [("condition", "ascending"), ("seed", "ascending"), ("trial_id", "ascending")]
    rows = rows.sort_by(order).select([name for name in rows.column_names if name != _BITS] + [_BITS])
    in_curves = None
    if points.num_rows:
        in_curves = _write(curves, points.sort_by([("trial_id", "ascending"), ("epoch", "ascending")]))
    in_trials = _write(files.folder, rows)
    for folder in (curves, files.folder):
        _sync(folder)
    remove(apart.keys() - {in_curves})
    files.note(in_trials, dict(zip(rows["trial_id"].to_pylist(), rows["status"].to_pylist(), strict=True)))
    files.remove(trials.keys() - {in_trials})


def _small(folder: Path, most: int) -> list[Path]:
    """Return the segments of less than so many rows, as their footers have it."""
    return [path for path in files_in(folder) if path.name.startswith(SEGMENT) and _rows_in(path) < most]


def _rows_in(path: Path) -> int:
    try:
        return pq.read_metadata(path).num_rows
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise StorageError(f"{path}: cannot be read: {error}") from error


def _without_curves(table: pa.Table) -> pa.Table:
    return table.drop_columns(CURVES_COLUMN) if CURVES_COLUMN in table.column_names else table


def _write(folder: Path, table: pa.Table) -> Path:
    """Write a segment, read it back, and return its path; raise StorageError unless every value came back.

    From an object store, every byte.
    """
    path = folder / file_name(table["trial_id"].unique().to_pylist(), SEGMENT)
    write_trials(path, table)
    if not _equal(read_verified(path), table):
        raise StorageError(f"{path}: does not hold what was written to it; the files that it was made from are there")
    try:
        if (copy := copy_of(path)) is not None:
            copy.check_uploaded(path)
    except OSError as error:
        raise StorageError(str(error)) from error
    return path


def _equal(found: pa.Table, written: pa.Table) -> bool:
    """Return whether two tables have the same values; NaN equals itself."""
    return found.column_names == written.column_names and all(
        _bits(found[name]).equals(_bits(written[name])) for name in written.column_names
    )


def _bits(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole.view(pa.int64()) if pa.types.is_float64(whole.type) else whole


def _sync(folder: Path) -> None:
    """Let what was moved into a folder outlast a failure of power, before what it replaces is deleted."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
