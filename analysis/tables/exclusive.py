"""Speed counts only where nothing else ran: which rows of a trials table a metric of speed may use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analysis.base.errors import TableError
from analysis.base.notes import Metric, Note
from analysis.tables.table import Dropped, Table

SPEEDS = ("train_seconds", "throughput")
"""Columns of the trials table that other load on the machine changes."""

_BY_ITSELF = (
    "python -m bench throughput STUDY measures speed by itself, and python -m analysis throughput DIR compares it"
)
_TRUE = (True, 1, "true", "True", "1")


def shared(table: Table, metric: str) -> np.ndarray:
    """Return the rows that `metric` may not use, bool [rows]: for a speed, those without `exclusive`.

    None are left out where the table has no such column.

    Raises
    ------
    TableError
        A speed, and no row that is exclusive.
    """
    frame = table.frame
    if metric not in SPEEDS or "exclusive" not in frame.columns:
        return np.zeros(len(frame), bool)
    out = ~frame["exclusive"].isin(_TRUE).to_numpy(bool)
    if len(out) and out.all():
        fault = f"{metric} is a speed, and in none of the {len(out)} rows is exclusive true: something else ran"
        raise TableError(table.source, [f"{fault}. {_BY_ITSELF}"])
    return out


def dropped(table: Table, metric: str, out: np.ndarray) -> Iterator[Dropped]:
    """Yield what is left out of a metric of speed."""
    for condition, rows in table.frame[out].groupby("condition", sort=False):
        seeds = tuple(int(seed) for seed in rows["seed"])
        yield Dropped(str(condition), seeds, f"no {metric}: not exclusive, something else ran on the machine")


def doubts(table: Table, metric: str) -> Sequence[str]:
    """Return what to know of a metric of speed."""
    if metric not in SPEEDS or not len(table.frame):
        return []
    name = Metric(metric)
    said = [Note(name, f" is compared by differences; speeds are better compared by ratios: {_BY_ITSELF}")]
    if "exclusive" not in table.frame.columns:
        said.append(
            Note("the table has no column exclusive: whether ", name, " was measured while something else ran is open")
        )
    return said
