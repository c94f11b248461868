"""The curves of trials, by trial: those in their rows, and those of a results folder in files of their own."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from analysis.base.errors import TableError
from bench.schema import CURVES_FOLDER
from bench.schema.curves import of_trials
from bench.schema.files import Columns, read_result
from bench.schema.folder import curves_in_folder
from bench.schema.sealed import UnusableFileError

Curve = Mapping[str, np.ndarray]
"""A trial's curve by column, ordered by epoch; NaN where a cell is empty."""


def has_curves(source: Path, in_rows: pa.Table | None) -> bool:
    """Return whether there is any place where curves may lie."""
    return in_rows is not None or (source / CURVES_FOLDER).is_dir()


def curves_of(source: Path, in_rows: pa.Table | None, trial_ids: Sequence[str]) -> dict[str, Curve]:
    """Return the curve of every trial that has one.

    Parameters
    ----------
    source : Path
        A results folder, whose curves are read here; of one file, only what is in its rows is there.
    in_rows : Table or None
        Curves that were in the rows of one file.
    trial_ids : sequence of str

    Raises
    ------
    TableError
        A file that is damaged, or of another trial.
    """
    if not source.is_dir():
        return _by_trial(None if in_rows is None else of_trials(in_rows, trial_ids))
    return _by_trial(curves_in_folder(source, _read, trial_ids))


def _by_trial(table: pa.Table | None) -> dict[str, Curve]:
    """Return the curves of a table by trial."""
    if table is None or table.num_rows == 0:
        return {}
    ordered = table.sort_by([("trial_id", "ascending"), ("epoch", "ascending")])
    ids = ordered["trial_id"].to_numpy()
    kinds = {name: int if name == "epoch" else float for name in ordered.column_names if name != "trial_id"}
    columns = {name: ordered[name].to_numpy().astype(kind) for name, kind in kinds.items()}
    ends = [0, *np.flatnonzero(ids[1:] != ids[:-1]) + 1, len(ids)]
    return {
        ids[start]: {name: values[start:end] for name, values in columns.items()}
        for start, end in itertools.pairwise(ends)
    }


def _read(path: Path, columns: Columns) -> pa.Table:
    try:
        return read_result(path, columns)
    except UnusableFileError as error:
        raise TableError(path, [str(error)]) from error
