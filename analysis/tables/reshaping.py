"""Tables that are not one row per trial: long ones, with a row for each metric, and wide ones, a column a condition."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.errors import TableError, listed
from analysis.tables import checks
from analysis.tables.dialect import inferred
from analysis.tables.reading import LOSS_NOT_FINITE, ORIGIN

_FIRST = 5


def long_to_tidy(source: Path | str, frame: pd.DataFrame, metric: str = "metric", value: str = "value") -> pd.DataFrame:
    """Return a table with a column of each metric, from one with a row for each.

    Parameters
    ----------
    source : Path or str
    frame : DataFrame
        Rows that agree in all columns but these two are of one trial.
    metric, value : str
        The columns with the name of a metric, and with its value.

    Raises
    ------
    TableError
        A row without a metric, a metric that comes twice in a trial, or that has the name of another column.
    """
    own = [name for name in frame.columns if name not in (metric, value) and not str(name).startswith("_")]
    names = checks.each_once(frame[metric], checks.as_text).str.strip()
    places = frame[ORIGIN] if ORIGIN in frame.columns else pd.Series(frame.index.map("row {}".format), frame.index)
    faults = [f"{place}: {metric} is empty; allowed: the name of a metric" for place in places[names == ""][:_FIRST]]
    faults += [f"{metric} {name!r} is also a column: rename one" for name in dict.fromkeys(names) if name in own]
    cells = pd.DataFrame({name: checks.each_once(frame[name], checks.as_text) for name in own}, index=frame.index)
    trial = cells.groupby(own, sort=False).ngroup() if own else pd.Series(0, frame.index)
    twice = pd.DataFrame({"trial": trial, "name": names}).duplicated(keep="first")
    faults += [
        f"{places[i]}: {metric} {names[i]!r} comes again for {', '.join(f'{name} {cells[name][i]}' for name in own)}"
        for i in frame.index[twice][:_FIRST]
    ]
    if faults:
        raise TableError(source, faults)
    first = ~trial.duplicated()
    made = frame.loc[first].drop(columns=[metric, value]).set_axis(trial[first])
    for name in dict.fromkeys(names):
        mine = (names == name).to_numpy(bool)
        column = frame.loc[mine, value].set_axis(trial[mine])
        made[name] = column if pd.api.types.is_numeric_dtype(column) else inferred(column)
    if LOSS_NOT_FINITE in frame.columns:
        made[LOSS_NOT_FINITE] = frame[LOSS_NOT_FINITE].groupby(trial.to_numpy()).any()
    return made.reset_index(drop=True)


def wide_to_tidy(
    source: Path | str,
    frame: pd.DataFrame,
    metric: str,
    *,
    seed: str = "seed",
    beside: Sequence[str] = (),
    conditions: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return a table with one row per trial, from one with a row for each seed and a column for each condition.

    Parameters
    ----------
    source : Path or str
    frame : DataFrame
    metric : str
        What the numbers are: the column that they come to stand in.
    seed : str
    beside : sequence of str
        Further columns that stay: those of a task.
    conditions : sequence of str, optional
        Columns that are conditions; default: all others.

    Raises
    ------
    TableError
        No column of seeds, a seed that comes twice, fewer than two conditions, or one with a text in it.
    """
    visible = [str(name) for name in frame.columns if not str(name).startswith("_")]
    own = [seed, *beside]
    if missing := [name for name in (*own, *(conditions or ())) if name not in visible]:
        raise TableError(source, [f"column {name!r} is missing; there is: {listed(visible)}" for name in missing])
    labels = [name for name in visible if name not in own] if conditions is None else list(conditions)
    faults = [] if len(labels) > 1 else [f"has {len(labels)} columns of conditions; allowed: two or more"]
    cells = pd.DataFrame({name: checks.each_once(frame[name], checks.as_text) for name in own})
    twice = cells.duplicated()
    faults += [f"{', '.join(f'{name} {cells[name][i]}' for name in own)} comes again; allowed: one row for each"
               for i in frame.index[twice][:_FIRST]]  # fmt: skip
    for label in labels:
        found = checks.numbers(frame[label])
        text = found.isna() & (checks.each_once(frame[label], checks.as_text).str.strip() != "")
        faults += [
            f"column {label!r} has {checks.as_text(cell)!r}; allowed: numbers, where each column is a condition"
            for cell in frame.loc[text, label][:1]
        ]
    if faults:
        raise TableError(source, faults)
    parts = [frame[own].assign(condition=label, **{metric: checks.numbers(frame[label])}) for label in labels]
    whole = pd.concat(parts, ignore_index=True).rename(columns={seed: "seed"})
    return whole[["condition", "seed", *beside, metric]]


def looks_wide(frame: pd.DataFrame) -> bool:
    """Return whether columns may be conditions: each seed comes once, and two other columns or more are numbers."""
    others = [name for name in frame.columns if name != "seed" and not str(name).startswith("_")]
    numeric = [name for name in others if np.isfinite(checks.numbers(frame[name]).to_numpy(float)).any()]
    return "seed" in frame.columns and not frame["seed"].duplicated().any() and len(numeric) > 1
