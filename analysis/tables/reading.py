"""From files to one raw frame: a results folder, a parquet file or a CSV, exactly as it lies on disk."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.base.errors import TableError, listed
from analysis.tables.dialect import TextTable, read_text
from analysis.tables.plan import Plan, read_plan
from bench.schema import ENVIRONMENT_FOLDER, PLAN_FILE, TRIALS_FOLDER, Arithmetic, arithmetic
from bench.schema.curves import CURVES_COLUMN, curves_in, has_curves
from bench.schema.documents import UNREADABLE, read_environment, unusable
from bench.schema.files import AllBut, read_result, read_table
from bench.schema.folder import every_file, one_row_each
from bench.schema.local_copy import located
from bench.schema.paths import TASKS_FILE
from bench.schema.sealed import UnusableFileError

ORIGIN = "_origin"
"""Column that says where a row came from: ``row 3`` of a file, or the file of a trial."""

LOSS_NOT_FINITE = "_loss_not_finite"
"""Bool column: some loss of the row (`is_loss`) is NaN or infinite as a number. An empty cell of a file is not; in a
frame in memory, where NaN is the only way to say either, a NaN of a float column is."""

NO_FILE = "is no regular file"
"""Why a pipe or a device is not read: it may never end."""

Names: TypeAlias = Callable[[list[str]], Collection[str]]
"""Some of the names in a header."""

_LOSS = re.compile(r"(?:(?:^|[\W_\d])(?i:loss)|[a-z]Loss)$")

_NO_ROWS = "has no rows; expected one row per trial"

_TEXT = (
    "condition",
    "seed",
    "condition_id",
    "trial_id",
    "study",
    "device",
    "precision",
    "data_hash",
    "status",
    "error",
)


@dataclass(frozen=True)
class Raw:
    """Rows as read, with the columns `ORIGIN` and `LOSS_NOT_FINITE` added, and the plan of a folder."""

    frame: pd.DataFrame
    plan: Plan | None
    ordered: bool
    """Whether the order of rows means something: true for one file, false for a folder of trials."""
    made_with: Mapping[str, Arithmetic] = field(default_factory=dict)
    """What each environment of a folder computed with, by id."""
    curves: pa.Table | None = None
    """Curves that lie in the rows of one file; those of a folder are read where they are needed."""
    seed: str = "seed"
    """The name that the column of seeds came with."""
    warnings: tuple[str, ...] = ()
    """What was chosen in reading it."""
    notes: tuple[str, ...] = ()
    """How it was read, where it is no plain CSV, and which columns stand for others."""
    percent: tuple[str, ...] = ()
    """Columns that are divided by 100 already, because each of their cells has a per cent sign."""
    texts: tuple[str, ...] = ()
    """Columns of a text table that were kept as text because they may be condition or seed."""


def is_loss(name: str) -> bool:
    """Return whether the last word of a column's name is loss: a NaN there is a training that broke."""
    return _LOSS.search(name) is not None


def long_columns(frame: pd.DataFrame) -> tuple[str, str] | None:
    """Return the columns of a metric's name and of its value, where each row is one metric of a trial; else None."""
    known = {str(name).strip().casefold(): str(name) for name in frame.columns}
    metric, value = known.get("metric", known.get("variable")), known.get("value")
    if metric is None or value is None or pd.api.types.is_numeric_dtype(frame[metric]):
        return None
    return metric, value


def place_of(source: Path | str) -> Path:
    """Return the path of a table; of a URL, that of its local copy, up to date. Raise TableError."""
    try:
        return located(source)
    except OSError as error:
        raise TableError(source, [f"cannot be read: {error.strerror or error}"]) from error


def read(path: Path, texts: Names = lambda _: ()) -> Raw:
    """Read a results folder, a parquet file or a text table; of its header, `texts` are columns that stay text.

    Raises
    ------
    TableError
        Nothing there, empty, truncated or corrupted, written by a newer program, or of an unknown kind.
    """
    try:
        if path.is_dir():
            return _read_folder(path)
        if not path.exists():
            raise TableError(path, ["does not exist; expected a results folder, a parquet file or a CSV"])
        if not path.is_file():
            raise TableError(path, [NO_FILE])
        if path.stat().st_size == 0:
            raise TableError(path, ["is an empty file; expected a parquet file or a CSV with a header and rows"])
        return _read_file(path, texts)
    except OSError as error:
        raise TableError(path, [f"cannot be read: {error.strerror or error}"]) from error
    except (pa.ArrowException, UnicodeError, OverflowError) as error:
        raise TableError(path, [f"cannot be read: {error}"]) from error


def from_memory(frame: pd.DataFrame) -> Raw:
    """Return rows that are in memory already as if they had been read from one file, levels of the index as columns.

    A level counts where it has a name that no column has.
    """
    levels = [name for name in frame.index.names if name is not None and name not in frame.columns]
    frame = frame.reset_index(level=levels) if levels else frame
    if frame.empty:
        raise TableError("(frame)", [_NO_ROWS])
    _refuse_repeated("(frame)", [str(name) for name in frame.columns])
    try:
        raw = _raw(pa.Table.from_pandas(frame, preserve_index=False), None, None)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        why = " ".join(map(str, error.args)) or type(error).__name__
        raise TableError("(frame)", [f"cannot be read: {why}"]) from error
    for _, column, rows in _losses(frame):
        if isinstance(column.dtype, np.dtype) and column.dtype.kind == "f":
            raw.frame[LOSS_NOT_FINITE] |= rows & ~np.isfinite(column.to_numpy())
    return raw


def _losses(frame: pd.DataFrame) -> Iterator[tuple[str, pd.Series, np.ndarray]]:
    """Yield each column with losses in it, by name, and in which rows it has one."""
    for name in frame.columns:
        if is_loss(str(name)):
            yield str(name), frame[name], np.ones(len(frame), bool)
    if found := long_columns(frame):
        metric, value = found
        yield value, frame[value], frame[metric].map(lambda cell: is_loss(str(cell).strip())).to_numpy(bool)


def _read_file(path: Path, texts: Names) -> Raw:
    with path.open("rb") as file:
        is_parquet = file.read(4) == b"PAR1"
    if is_parquet or path.suffix.lower() == ".parquet":
        read = TextTable(_parquet(read_table, path), "", ())
    else:
        read = read_text(path, lambda header: [*texts(header), *(name for name in header if name.strip() in _TEXT)])
    table = read.cells
    _refuse_repeated(path, table.column_names)
    if table.num_rows == 0:
        raise TableError(path, [_NO_ROWS])
    raw = _raw(table, None, None)
    notes = (read.dialect,) if read.dialect else ()
    return replace(raw, notes=notes, percent=read.percent, texts=() if is_parquet else tuple(texts(table.column_names)))


def _refuse_repeated(source: Path | str, names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise TableError(source, [f"has several columns of one name: {listed(repeated)}; each may come once"])


def _read_folder(folder: Path) -> Raw:
    trials = folder / TRIALS_FOLDER
    plan = read_plan(folder / PLAN_FILE) if (folder / PLAN_FILE).exists() else None
    found = every_file(trials, _rows_or_faults)
    if not found and (folder / TASKS_FILE).exists():
        raise TableError(folder, ["is of several tasks; each has a results folder of its own in it"])
    if not found:
        raise TableError(
            folder,
            [f"has no {TRIALS_FOLDER}/*.parquet; expected a results folder that bench run has written"],
        )
    faults = [f"{TRIALS_FOLDER}/{path.name} {fault}" for path, each in found.items() if isinstance(each, list)
              for fault in each]  # fmt: skip
    if faults:
        raise TableError(folder, faults)
    tables = {path: each for path, each in found.items() if isinstance(each, pa.Table)}
    try:
        whole, files = one_row_each(tables)
    except pa.ArrowException as error:
        raise TableError(folder, [f"the trials' files do not fit together: {error}"]) from error
    origins = np.array([f"{TRIALS_FOLDER}/{path.name}" for path in tables], object)[files].tolist()
    return replace(_raw(whole, origins, plan), made_with=_made_with(folder))


def _rows_or_faults(path: Path) -> pa.Table | list[str]:
    try:
        return read_result(path, AllBut(frozenset({CURVES_COLUMN})))
    except UnusableFileError as error:
        return [str(error)]


def _made_with(folder: Path) -> dict[str, Arithmetic]:
    found = {}
    for path in sorted((folder / ENVIRONMENT_FOLDER).glob("*.json")):
        try:
            found[path.stem] = arithmetic(read_environment(path))
        except (*UNREADABLE, AttributeError, TypeError, KeyError) as error:
            raise TableError(path, [unusable(path, error)]) from error
    return found


def _parquet(read: Callable[[Path], pa.Table], path: Path) -> pa.Table:
    try:
        return read(path)
    except UnusableFileError as error:
        raise TableError(path, [str(error)]) from error
    except OSError as error:
        raise TableError(path, [f"cannot be read: {error.strerror or error}"]) from error


def _raw(table: pa.Table, origins: list[str] | None, plan: Plan | None) -> Raw:
    """Return rows of one file, or of a folder whose rows have `origins`, their curves apart from them."""
    curves = None
    if has_curves(table):
        curves, table = curves_in(table), table.drop_columns(CURVES_COLUMN)
    return Raw(_frame(table, origins), plan, ordered=origins is None, curves=curves)


def _is_bytes(kind: pa.DataType) -> bool:
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)


def _frame(table: pa.Table, origins: list[str] | None) -> pd.DataFrame:
    for i, each in enumerate(table.schema):
        if pa.types.is_dictionary(each.type):  # categories: as the values they stand for
            table = table.set_column(i, each.name, table.column(i).cast(each.type.value_type))
        elif pa.types.is_timestamp(each.type) and each.type.tz:  # in a zone that this machine may not know
            table = table.set_column(i, each.name, table.column(i).cast(pa.timestamp(each.type.unit, "UTC")))
        elif each.name == "condition" and _is_bytes(each.type):
            table = table.set_column(i, each.name, table.column(i).cast(pa.string()))
    frame = table.replace_schema_metadata(None).to_pandas(ignore_metadata=True)
    broken = np.zeros(len(frame), bool)
    for name, _, rows in _losses(frame):
        if pa.types.is_floating(table.schema.field(name).type):
            column = pc.fill_null(pc.invert(pc.is_finite(table.column(name))), False)
            broken |= rows & column.to_pandas().to_numpy(bool)
    frame[ORIGIN] = origins if origins is not None else [f"row {i}" for i in range(1, len(frame) + 1)]
    frame[LOSS_NOT_FINITE] = broken
    return frame
