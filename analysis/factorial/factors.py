"""Factors: columns that are the same in all rows of a condition and differ between conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.errors import TableError, nearest
from analysis.tables.checks import as_text
from analysis.tables.table import Table
from bench.schema import EXECUTION, IDENTITY, OUTCOME

Level = float | str

NEVER = frozenset(field.name for field in (*IDENTITY, *OUTCOME, *EXECUTION)) - {"epochs"} | {"diverged", "accuracy"}
"""Columns that no factor is looked for in; one of them may be named. Epochs say what was set."""

RATE = "rate"
"""The rate of dropout where all layers have the same: of no use beside the columns of the layers, else all there is."""


@dataclass(frozen=True)
class Factor:
    """What conditions differ in.

    Parameters
    ----------
    name : str
    columns : tuple of str
        Those of the table that vary as one.
    levels : tuple of float, or of str
        Ascending where they are numbers, else in the order of the conditions; of layers that differ in some
        condition texts, ascending: ``0``, ``(0.2, 0.5)``. Of names the control's stands first: it is the reference.
    """

    name: str
    columns: tuple[str, ...]
    levels: tuple[Level, ...]

    @property
    def numeric(self) -> bool:
        """Whether the levels are numbers."""
        return not isinstance(self.levels[0], str)

    @property
    def has_ends(self) -> bool:
        """Whether there is one contrast with a sign: two levels, or a lowest and a highest one."""
        return self.numeric or len(self.levels) == 2

    def of(self, table: Table, label: str) -> Level:
        """Return the level of a condition."""
        level = level_of(table, label, self.columns)
        return level if self.numeric else self.tell(level)

    @staticmethod
    def tell(level: Level) -> str:
        """Return a level in words."""
        return level if isinstance(level, str) else f"{level:g}"


def factor(table: Table, conditions: Sequence[str], columns: Sequence[str]) -> Factor:
    """Return the factor that `columns`, which vary as one, make up over `conditions`."""
    values = {label: [_value(table, label, name) for name in columns] for label in conditions}
    if any(isinstance(each, str) for mine in values.values() for each in mine):
        ordered = list(conditions)
    else:
        ordered = sorted(conditions, key=values.__getitem__)
    levels = dict.fromkeys(level_of(table, label, columns) for label in ordered)
    numeric = not any(isinstance(each, str) for each in levels)
    control = None if table.analysis is None else table.analysis.control
    if not numeric and control is not None and control in set(table.frame["condition"]):
        reference = level_of(table, control, columns)
        levels = dict.fromkeys([reference, *levels]) if reference in levels else levels
    return Factor(_name(columns), tuple(columns), tuple(levels if numeric else map(Factor.tell, levels)))


def level_of(table: Table, label: str, columns: Sequence[str]) -> Level:
    """Return the level of a condition; of layers that differ, each layer's: ``(0.2, 0.5)``."""
    values = [_value(table, label, name) for name in columns]
    if is_layers(columns) and len(set(values)) > 1:
        return f"({', '.join(map(Factor.tell, values))})"
    return values[0]


def _value(table: Table, label: str, column: str) -> Level:
    return plain(table.first_of(label, column))


def named(table: Table, conditions: Sequence[str], names: Sequence[str]) -> list[list[str]]:
    """Return each named column by itself; raise with the faults of all."""
    frame, faults = table.frame, []
    if len(set(names)) < 2 or len(set(names)) < len(names):
        faults.append(f"--factors {' '.join(names)}: name two or more, each once")
    shown = [str(name) for name in frame.columns if not str(name).startswith("_")]
    for name in dict.fromkeys(names):
        if name not in shown or name in ("condition", "seed"):
            faults.append(f"there is no factor {name!r}{nearest(name, [each for each in shown if each not in NEVER])}")
            continue
        for label in conditions:
            column = table.rows_of(label, name)[name]
            if column.isna().to_numpy().any():
                faults.append(f"factor {name!r} is empty in rows of condition {label!r}; allowed: a value in every row")
            elif len(column.unique()) > 1:
                values = ", ".join(as_text(each) for each in column.unique()[:4])
                faults.append(f"factor {name!r} varies within condition {label!r} ({values}); allowed: one value")
    if faults:
        raise TableError(table.source, faults)
    return [[name] for name in names]


def found(table: Table, conditions: Sequence[str]) -> tuple[list[list[str]], list[str]]:
    """Return the columns that are factors, those that vary as one together, and warnings."""
    rows = table.frame.loc[table.frame["condition"].isin(list(conditions))]
    groups: dict[tuple[int, ...], list[str]] = {}
    warnings = []
    for name in map(str, rows.columns):
        column = rows[name]
        if not is_setting(name, rows.columns) or not _is_scalar(column):
            continue
        if (
            name == "hidden"
            and {"depth", "width"} <= set(rows)
            and bool(rows[["depth", "width"]].notna().to_numpy().all())
        ):
            continue  # depth and width say it all
        by_condition = rows.groupby("condition", sort=False)[name]
        if len(column.dropna().unique()) < 2 or (by_condition.nunique() > 1).to_numpy().any():
            continue
        if column.isna().to_numpy().any():
            warnings.append(f"column {name!r} differs between conditions but is empty in some: it is no factor here")
            continue
        first = by_condition.first()
        values = np.array([plain(first[label]) for label in conditions], object)
        groups.setdefault(tuple(pd.factorize(values)[0].tolist()), []).append(name)
    return list(groups.values()), [*warnings, *_together(table, conditions, list(groups.values()))]


def is_setting(name: str, columns: Iterable[str]) -> bool:
    """Return whether a column may be what conditions differ in, beside these `columns`."""
    if name == RATE:
        return not any(stem(str(each)) == "dropout" for each in columns)
    return name not in NEVER and not name.startswith("_")


def _together(table: Table, conditions: Sequence[str], groups: Sequence[Sequence[str]]) -> list[str]:
    """Return a warning for columns that vary as one and are not the layers of one setting."""
    return [
        f"{' and '.join(columns)} vary together: they are one factor here, {columns[0]!r}, and cannot be separated"
        for columns in groups
        if len(columns) > 1 and not is_layers(columns)
    ]


def _name(columns: Sequence[str]) -> str:
    """Return the stem that layers share, ``dropout`` for dropout_1 and dropout_2; else the first column."""
    return stem(columns[0]) if is_layers(columns) else columns[0]


def is_layers(columns: Sequence[str]) -> bool:
    """Return whether the columns are one setting of several layers."""
    return len(columns) > 1 and len({stem(name) for name in columns}) == 1


def stem(name: str) -> str:
    """Return what the columns of a setting's layers share: ``dropout`` of ``dropout_1``."""
    return re.sub(r"_\d+$", "", name)


def _is_scalar(column: pd.Series) -> bool:
    return all(isinstance(each, str | bool | int | float | np.number | np.bool_) or each is None for each in column)


def plain(value: object) -> Level:
    """Return a level as a float where it is a number, else as text; true and false are text."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        return as_text(value)
    return float(value)
