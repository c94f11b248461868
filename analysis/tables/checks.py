"""What a table must be: each check returns its faults as sentences, so that all are reported at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.errors import listed, nearest, option
from analysis.tables.reading import ORIGIN
from analysis.tables.seeds import names_of, seeds_of
from bench.schema import DIVERGED, FAILED, OK
from bench.schema.characters import escaped, has_control

POOLS = ("device", "precision", "engine", "data_hash")
"""Columns whose values are never pooled: rows that differ in them are different experiments."""

COURSE = ("epoch", "step", "iteration", "round")
"""Columns that count the course of one training: no tasks."""

SEED_NAME = "_seed_name"
"""Column of the names of seeds that are no numbers."""

STATUSES = (OK, DIVERGED, FAILED)
_ONE_VALUE = ("condition", "seed", "status", "stays_at_chance", "diverged", "classes", *POOLS)
_OWN_TEXT = ("condition", "seed", SEED_NAME, ORIGIN, "error")
"""Columns of text that are checked already, or that no page shows: why a trial failed is, as a reason."""
_FIRST = 5


def column_faults(frame: pd.DataFrame) -> list[str]:
    """Return a fault for each required column that is missing, each with lists, and each name with odd characters."""
    shown = [name for name in frame.columns if not name.startswith("_")]
    odd = [f"column {name!r}: allowed: names without control characters" for name in frame.columns if has_control(name)]
    missing = [
        f"column {name!r} is missing (required: 'condition', 'seed' and a metric; --{name}-column NAME names another"
        f"{more})"
        f"{nearest(name, shown)}"
        for name, more in (("condition", ""), ("seed", "; --task COLUMN does for one run on each of several tasks"))
        if name not in frame.columns
    ]
    lists = [
        f"column {name!r} holds lists; allowed: one value per cell"
        for name in _ONE_VALUE
        if name in frame.columns
        and frame[name].dtype == object
        and not all(pd.api.types.is_scalar(cell) for cell in frame[name])
    ]
    return odd + missing + lists


def identity_faults(frame: pd.DataFrame) -> list[str]:
    """Return faults of condition, seed, status, stays_at_chance and diverged."""
    faults = []
    label = frame["condition"]
    faults += _at(frame, label.isna() | (label.astype(str).str.strip() == ""), "condition", "a label")
    faults += _at(frame, each_once(label, has_control).astype(bool), "condition", "a label without control characters")
    seeds = seeds_of(frame)
    faults += _at(
        frame, each_once(frame["seed"], has_control).astype(bool), "seed", "a name without control characters"
    )
    if seeds.isna().any() and names_of(frame) is None:
        allowed = f"a whole number below 2^63; as a decimal number, below 2^53 ({2**53}); or a name in every row"
        faults += _at(frame, seeds.isna(), "seed", allowed)
    if "status" in frame.columns:
        faults += _at(frame, ~frame["status"].isin(STATUSES), "status", f"one of {listed(STATUSES)}")
    for name in ("stays_at_chance", "diverged"):
        if name in frame.columns:
            flags = frame[name]
            faults += _at(frame, ~(flags.isna() | flags.isin([True, False, 0, 1])), name, "true or false")
    return faults


def showable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with control characters written out in the texts of settings and pools: no page shows them."""
    named = [name for name in frame.columns if name not in _OWN_TEXT and not pd.api.types.is_numeric_dtype(frame[name])]
    odd = [name for name in named if any(isinstance(each, str) and has_control(each) for each in frame[name])]
    return frame.assign(
        **{name: [escaped(each) if isinstance(each, str) else each for each in frame[name]] for name in odd}
    )


def numbers(column: pd.Series) -> pd.Series:
    """Return a column as numbers: NaN for text, and for times, bytes and lists, which are no measurements."""
    if column.dtype.kind in "mMc":
        return pd.Series(np.nan, index=column.index)
    if column.dtype.kind == "O":
        kinds = str | int | float | Decimal | np.number | np.bool_
        column = column.astype(object).map(lambda cell: cell if isinstance(cell, kinds) else None)
    return pd.to_numeric(column, errors="coerce")


def flag_faults(frame: pd.DataFrame) -> list[str]:
    """Return a fault for each condition whose rows disagree about ``stays_at_chance``."""
    if "stays_at_chance" not in frame.columns:
        return []
    kinds = frame["stays_at_chance"].fillna(False).astype(bool).groupby(frame["condition"]).nunique()
    return [
        f"condition {label!r} has rows with stays_at_chance true and false; allowed: one value per condition"
        for label in kinds[kinds > 1].index
    ]


def count_faults(frame: pd.DataFrame) -> list[str]:
    """Return faults of ``*_correct``, ``*_total`` and ``classes``: whole, not negative, not above the total."""
    faults = []
    counts = [n for n in frame.columns if n.endswith(("_correct", "_total"))]
    known: dict[str, pd.Series] = {}
    for name in [*counts, *(["classes"] if "classes" in frame.columns else [])]:
        values = numbers(frame[name])
        least = 2 if name == "classes" else 0
        bad = frame[name].notna() & ~(np.isfinite(values) & (values == np.floor(values)) & (values >= least))
        faults += _at(frame, bad, name, f"a whole number, at least {least}")
        known[name] = values.where(~bad)
    for name in counts:
        total = name.removesuffix("_correct") + "_total"
        if name.endswith("_correct") and total in known:
            above = known[name] > known[total]
            faults += [
                f"{frame[ORIGIN][i]}: {name} is {known[name][i]:g}, above {total} {known[total][i]:g}; "
                f"allowed: 0 to {total}"
                for i in frame.index[above][:_FIRST]
            ]
            faults += _rest(name, int(above.sum()))
    return faults


def with_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with counts that are written as text as the numbers that they are."""
    text = [
        name for name in frame.columns if name.endswith(("_correct", "_total")) and frame[name].dtype.kind not in "iuf"
    ]
    return frame.assign(**{name: numbers(frame[name]) for name in text})


def duplicate_faults(frame: pd.DataFrame) -> list[str]:
    """Return a fault for each (condition, seed) that comes more than once."""
    repeated = frame[frame.duplicated(["condition", "seed"], keep=False)]
    seed = SEED_NAME if SEED_NAME in frame.columns else "seed"
    faults = [
        f"condition {condition!r}, seed {rows[seed].iloc[0]} comes {len(rows)} times "
        f"({', '.join(rows[ORIGIN].head(4))}); allowed: once (a repeated run is not a new seed)"
        for (condition, _), rows in repeated.groupby(["condition", "seed"], sort=False)
    ]
    return [*_what_parts(frame, repeated), *faults] if faults else []


def _what_parts(frame: pd.DataFrame, repeated: pd.DataFrame) -> list[str]:
    """Return a fault for each column that tells repeated rows apart, with the option that makes use of it."""
    said = []
    few = len(frame.drop_duplicates(["condition", "seed"])) / 2
    for name in frame.columns:
        values = each_once(frame[name], as_text).str.strip()
        rows = frame[["condition", "seed"]].assign(value=values)
        number, known = values.nunique(), not (values == "").any()
        if name.startswith("_") or number < 2 or not known or rows.duplicated().any():
            continue
        crosses = bool(rows.groupby("value")["condition"].nunique().min() > 1)
        if number > few and name not in COURSE and not crosses:
            continue
        choose = f"{option('where', f'{name}={values.loc[repeated.index[0]]}')} keeps one of its {number} values"
        if name in COURSE:
            choose = (
                "--epochs last takes the last of each trial, --epochs best:COLUMN the one with the best validation "
                f"metric; {choose}"
            )
        elif crosses:
            choose = f"{option('task', name)} takes its {number} values for tasks; {choose}"
        said.append(f"column {name!r} distinguishes the rows of one condition and seed: {choose}")
    return said


def pool_faults(frame: pd.DataFrame) -> list[str]:
    """Return a fault for each of `POOLS` that has several values, naming the choices."""
    faults = []
    for name in POOLS:
        if name not in frame.columns:
            continue
        sizes = each_once(frame[name], as_text).value_counts(sort=False)
        if len(sizes) > 1:
            came = ", ".join(f"{value or '(empty)'} ({size} rows)" for value, size in sizes.items())
            choices = " or ".join(option("where", f"{name}={value}") for value in sizes.index)
            faults.append(f"has rows of several {name} values, never pooled: {came}; choose {choices}")
    return faults


def where_faults(frame: pd.DataFrame, where: Mapping[str, str]) -> list[str]:
    """Return a fault for each selection that names no column, or a value that no row has."""
    faults = []
    for name, value in where.items():
        if name not in frame.columns or name.startswith("_"):
            shown = [each for each in frame.columns if not each.startswith("_")]
            faults.append(f"{option('where', f'{name}={value}')}: there is no column {name!r}{nearest(name, shown)}")
        elif not matches(frame[name], value).any():
            came = listed(sorted(set(each_once(frame[name], as_text))))
            faults.append(f"{option('where', f'{name}={value}')}: no row has that value; {name} has {came}")
    return faults


def matches(column: pd.Series, value: str) -> pd.Series:
    """Return which cells equal `value`, as text, control characters written out or not, or as a number."""
    same = each_once(column, lambda cell: escaped(as_text(cell))) == escaped(value)
    if pd.api.types.is_numeric_dtype(column):
        try:
            same |= column == float(value)
        except ValueError:
            return same
    return same


def each_once(column: pd.Series, told: Callable[[Any], str | bool]) -> pd.Series:
    """Return what `told` makes of each cell; of a column of texts, most of which come often, once a text."""
    if not isinstance(column.dtype, pd.StringDtype):
        return column.map(told)
    codes, values = pd.factorize(column, use_na_sentinel=False)
    made = np.array([told(value) for value in values], object)
    return pd.Series(made[codes], index=column.index, name=column.name)


def as_text(value: Any) -> str:
    """Return a cell as one would write it after ``--where COLUMN=``; an empty cell as nothing."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return ""
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)


def _at(frame: pd.DataFrame, bad: pd.Series, name: str, allowed: str) -> list[str]:
    where = frame.index[bad.to_numpy(bool)]
    faults = [f"{frame[ORIGIN][i]}: {name} is {_shown(frame[name][i])}; allowed: {allowed}" for i in where[:_FIRST]]
    return faults + _rest(name, len(where))


def _rest(name: str, faulty: int) -> list[str]:
    return [f"{name}: {faulty - _FIRST} more rows like these"] if faulty > _FIRST else []


def _shown(value: object) -> str:
    text = as_text(value)
    return "empty" if not text.strip() else repr(text) if isinstance(value, str) else text
