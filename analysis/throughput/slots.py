"""The measurements of speed in a results folder: the latest of each device and precision, never mixed with others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.errors import TableError
from bench.schema import THROUGHPUT_FOLDER
from bench.schema.files import read_result
from bench.schema.sealed import UnusableFileError

_FIRST = 5


@dataclass(frozen=True, eq=False)
class Measurement:
    """One measurement: one file.

    Parameters
    ----------
    name : str
        The file's, within the results folder.
    frame : DataFrame
        One row per slot, in the columns of `bench.schema.THROUGHPUT`.
    earlier : int
        Measurements of this device and precision that are not used, being older.
    """

    name: str
    frame: pd.DataFrame
    earlier: int

    @property
    def device(self) -> str:
        """Device measured."""
        return str(self.frame["device"].iloc[0])

    @property
    def precision(self) -> str:
        """Number format of the arithmetic."""
        return str(self.frame["precision"].iloc[0])


def latest(folder: Path) -> list[Measurement]:
    """Return the latest measurement of each device and precision; none where nothing was measured.

    Raises
    ------
    TableError
        Files that cannot be read, or are no measurement: all of them.
    """
    found: dict[tuple[str, str], list[Measurement]] = {}
    faults = []
    for file in sorted((folder / THROUGHPUT_FOLDER).glob("*.parquet")):
        if file.name.startswith("."):
            continue
        name = f"{THROUGHPUT_FOLDER}/{file.name}"
        try:
            made = Measurement(name, _read(file), 0)
        except TableError as error:
            faults += [f"{name} {fault}" for fault in error.faults]
            continue
        found.setdefault((made.device, made.precision), []).append(made)
    if faults:
        raise TableError(folder, faults)
    newest = []
    for several in found.values():
        last = max(several, key=lambda each: each.frame["started_at"].max())
        newest.append(Measurement(last.name, last.frame, len(several) - 1))
    return newest


def _read(file: Path) -> pd.DataFrame:
    try:
        frame = read_result(file).to_pandas(ignore_metadata=True)
    except UnusableFileError as error:
        raise TableError(file, [str(error)]) from error
    except OSError as error:
        raise TableError(file, [f"cannot be read: {error.strerror or error}"]) from error
    faults = _faults(frame)
    if faults:
        raise TableError(file, faults)
    return frame.assign(exclusive=frame["exclusive"].astype(bool))


def _faults(frame: pd.DataFrame) -> list[str]:
    """Return what makes a table no measurement of one device: all of it."""
    if frame.empty:
        return ["has no rows; expected one row per slot"]
    faults = [
        f"has several values of {name}: {', '.join(map(str, frame[name].unique()))}; allowed: one per measurement"
        for name in ("study", "device", "precision", "stack_size", "workers", "steps", "batch_size")
        if len(frame[name].unique()) > 1
    ]
    seconds = frame["seconds_per_step"].to_numpy(float, na_value=np.nan)
    faults += [
        f"row {row + 1}: seconds_per_step is {seconds[row]}; allowed: a finite number above 0"
        for row in np.flatnonzero(~(np.isfinite(seconds) & (seconds > 0)))[:_FIRST]
    ]
    faults += [
        f"row {row + 1}: {name} is empty"
        for name in ("condition", "block", "exclusive", "started_at")
        for row in np.flatnonzero(frame[name].isna().to_numpy())[:_FIRST]
    ]
    repeated = frame.loc[frame.duplicated(["condition", "block"], keep="first")]
    faults += [
        f"condition {row['condition']!r} comes more than once in block {row['block']}"
        for row in repeated.head(_FIRST).to_dict("records")
    ]
    return faults
