"""What the conditions of a table differ in: every setting that varies, by name."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.factorial.factors import Factor, is_setting, plain, stem
from analysis.tables.table import Table
from analysis.wording.number_format import NOTHING


def varied_settings(table: Table, metrics: frozenset[str] = frozenset()) -> dict[str, Mapping[str, str]]:
    """Return each setting that varies and its value in words by condition: of layers that differ, ``0.2 / 0.5``.

    Metrics are none, though a table of one seed has one value of them per condition.
    """
    frame, layers = table.frame, dict[str, list[str]]()
    by_condition = frame.groupby("condition", sort=False, dropna=False)
    for name in map(str, frame.columns):
        if name in metrics or not is_setting(name, frame.columns):
            continue
        values = frame[name]
        if not all(isinstance(each, str | bool | int | float) or each is None for each in values):
            continue
        within = [len(set(map(str, own))) for _, own in by_condition[name]]
        if len(set(map(str, values))) > 1 and max(within) == 1:
            layers.setdefault(stem(name), []).append(name)
    return {
        name: {label: _told(table, label, columns) for label in table.conditions} for name, columns in layers.items()
    }


def _told(table: Table, label: str, columns: list[str]) -> str:
    row = table.rows_of(label, *columns).iloc[0]
    values = [
        NOTHING if row[name] is None or row[name] != row[name] else Factor.tell(plain(row[name])) for name in columns
    ]
    return values[0] if len(set(values)) == 1 else " / ".join(values)
