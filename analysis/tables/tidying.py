"""From a table as it was read to one row per trial, with the columns ``condition`` and ``seed``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.base.errors import TableError, listed
from analysis.tables.checks import COURSE, POOLS, column_faults, matches
from analysis.tables.dialect import inferred
from analysis.tables.epochs import one_epoch
from analysis.tables.names import CONDITION, ROLES, SEED, Named, named
from analysis.tables.reading import Raw, long_columns
from analysis.tables.reshaping import long_to_tidy, looks_wide
from analysis.tables.statuses import in_our_words
from analysis.tables.tasks import TASK

EVERY_RUN = "every run"
"""The condition of a table that is of one and does not say which."""


@dataclass(frozen=True)
class Wanted:
    """What is given of a table.

    Parameters
    ----------
    columns : mapping of role to column
    task : str or None
        Column of the tasks.
    where : mapping of column to value
        Rows that are kept.
    epochs : str or None
        Which epoch of a trial counts, where each is a row.
    one_condition : bool
        Whether a table without a column of conditions is of one, `EVERY_RUN`.
    """

    columns: Mapping[str, str]
    task: str | None
    where: Mapping[str, str]
    epochs: str | None
    one_condition: bool = False


def tidy(path: Path, raw: Raw, wanted: Wanted) -> tuple[Raw, dict[str, str]]:
    """Return the rows of trials with condition and seed under these names, and so which of them are kept.

    Raises
    ------
    TableError
        Columns or epochs that several readings would fit, and rows that are no trials.
    """
    raw = _one_row_each(path, raw)
    beside = [name for name in {wanted.task or TASK: None, **dict.fromkeys((*POOLS, *COURSE))} if name in raw.frame]
    found = named(path, raw.frame, wanted.columns, beside, wanted.where)
    where = {found.taken.get(name, name): value for name, value in wanted.where.items()}
    frame = _with_condition(path, found, wanted.one_condition)
    others = {name: inferred(pd.Series(frame[name])) for name in raw.texts if name in frame and name not in ROLES}
    seeds = [name for name, role in found.taken.items() if role == SEED]
    frame, warnings = frame.assign(**others), ()
    if wanted.epochs is not None:
        if faults := column_faults(frame):
            raise TableError(path, faults)
        for name, value in where.items():
            frame = frame[matches(frame[name], value)] if name in frame and matches(frame[name], value).any() else frame
        frame, said = one_epoch(path, frame, wanted.epochs, beside)
        warnings = (said,)
    frame, status = in_our_words(frame)
    made = replace(
        raw,
        frame=frame,
        warnings=warnings,
        seed=next(iter(seeds), SEED),
        notes=(*raw.notes, *found.notes, *([status] if status else [])),
        percent=(*raw.percent, *(name for name, column in found.alias.items() if column in raw.percent)),
    )
    return made, where


def _one_row_each(path: Path, raw: Raw) -> Raw:
    """Return a long table with a column of each metric; any other as it is."""
    columns = long_columns(raw.frame) if raw.ordered and raw.plan is None else None
    if columns is None:
        return raw
    metric, value = columns
    made = long_to_tidy(path, raw.frame, metric, value)
    metrics = [str(name) for name in made.columns if name not in raw.frame.columns]
    return replace(raw, frame=made, notes=(*raw.notes, f"read as a long table, metrics {listed(metrics)}"))


def _with_condition(path: Path, found: Named, one: bool) -> pd.DataFrame:
    """Return the frame; refuse one without a condition whose columns may be conditions, unless it is of `one`."""
    if CONDITION not in found.frame and one:
        return found.frame.assign(**{CONDITION: EVERY_RUN})
    if CONDITION not in found.frame and looks_wide(found.frame):
        raise TableError(
            path,
            ["column 'condition' is missing (--condition-column NAME names another); where each column is a condition: "
             "python -m analysis import wide TABLE --metric NAME --out FILE makes a table of it"],
        )  # fmt: skip
    return found.frame
