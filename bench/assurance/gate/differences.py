"""Two tables compared cell by cell, to the bit: which columns differ, in how many rows, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Difference:
    """One column of one table. `largest` is in the column's own unit, None where there is none to give."""

    table: str
    column: str
    rows: int
    of: int
    largest: float | None
    example: str

    def told(self) -> str:
        """Return the difference in a line."""
        by = "" if self.largest is None else f", largest {self.largest:.3g}"
        return f"{self.table}: {self.column}: {self.rows} of {self.of} rows{by}; {self.example}"


def compare_tables(
    name: str, head: pd.DataFrame, base: pd.DataFrame, key: Sequence[str]
) -> tuple[list[Difference], list[str]]:
    """Return what differs between two tables whose rows are told apart by `key`, and notes on what has no partner.

    A row that one side lacks is a difference; a column that one side lacks is only noted: no number of it changed.
    Values are equal where their bits are, so 0.0 differs from -0.0 and a NaN equals only a NaN with its own bits.
    """
    keys = list(key)
    ours, theirs = head.set_index(keys), base.set_index(keys)
    for side, table in (("HEAD", ours), ("the base", theirs)):
        if not table.index.is_unique:
            raise ValueError(f"{name} of {side}: rows with the same {', '.join(keys)}")
    notes = [f"{name}: column {column} is new" for column in ours.columns if column not in theirs.columns]
    notes += [f"{name}: column {column} is gone" for column in theirs.columns if column not in ours.columns]
    alone = ours.index.symmetric_difference(theirs.index)
    total = len(ours.index.union(theirs.index))
    found = []
    if len(alone):
        found.append(Difference(name, "(rows of one side only)", len(alone), total, None, f"e.g. {alone[0]}"))
    shared = ours.index.intersection(theirs.index, sort=False)
    for column in ours.columns.intersection(theirs.columns, sort=False):
        pairs = list(zip(shared, ours.loc[shared, column], theirs.loc[shared, column], strict=True))
        unlike = [(where, a, b) for where, a, b in pairs if bits(a) != bits(b)]
        if unlike:
            found.append(_difference(name, str(column), unlike, len(shared)))
    return found, notes


def bits(value: Any) -> object:
    """Return what two equal cells have in common and two unlike ones have not."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float | np.floating):
        return np.float64(value).tobytes()
    if isinstance(value, bytes):
        return value
    return type(value).__name__ if value != value else str(value)  # noqa: PLR0124 - a NaN of another type


def _difference(name: str, column: str, unlike: list[tuple[Any, Any, Any]], of: int) -> Difference:
    where, head, base = unlike[0]
    if isinstance(head, bytes) and isinstance(base, bytes):
        counts = [_unlike_bits(a, b) for _, a, b in unlike]
        return Difference(name, column, len(unlike), of, float(max(counts)), f"{counts[0]} bits unlike at {where}")
    sizes = [abs(float(a) - float(b)) for _, a, b in unlike if _number(a) and _number(b)]
    return Difference(name, column, len(unlike), of, max(sizes, default=None), f"{base!r} -> {head!r} at {where}")


def _number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and bool(np.isfinite(value))


def _unlike_bits(a: bytes, b: bytes) -> int:
    """Return in how many bits two packed rows differ; what is longer counts as unlike."""
    short = min(len(a), len(b))
    left, right = (np.frombuffer(each, np.uint8)[:short] for each in (a, b))
    return int(np.unpackbits(left ^ right).sum()) + 8 * (max(len(a), len(b)) - short)
