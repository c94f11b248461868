"""Tables with a row for each epoch: which epoch of a trial stands for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.errors import TableError, nearest, option
from analysis.tables import checks
from analysis.tables.names import column_named, last_part
from analysis.tables.reading import ORIGIN
from bench.schema.known_metrics import HIGHER, direction_of, words_of

LAST, BEST = "last", "best:"
_FIRST = 5


def refuse_best_of(source: Path | str, epochs: str | None, metric: str | None) -> None:
    """Raise TableError where the epoch is chosen by the `metric` that is compared."""
    if epochs is None or metric is None or not epochs.startswith(BEST):
        return
    if last_part(epochs.removeprefix(BEST)) == last_part(metric):
        raise TableError(
            source,
            [f"{option('epochs', epochs)}: {metric} is what is compared, and the best of many looks at it flatters "
             "each trial, most those with the noisiest course; allowed: last, or the best by a validation metric"],
        )  # fmt: skip


def one_epoch(source: Path | str, frame: pd.DataFrame, epochs: str, beside: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """Return one row of each trial, in the order of the table, and what a reader must know of the choice.

    Parameters
    ----------
    source : Path or str
    frame : DataFrame
        With the columns ``condition``, ``seed`` and one of `checks.COURSE`.
    epochs : str
        ``last``, or ``best:COLUMN``: the first epoch with the best value of a validation metric.
    beside : sequence of str
        Further columns that distinguish trials.

    Raises
    ------
    TableError
        No column of epochs, an epoch that is no number or comes twice in a trial; a COLUMN that is not there, of the
        test set, or whose name does not say which values are better.
    """
    course = next((name for name in checks.COURSE if name in frame.columns), None)
    if course is None:
        raise TableError(
            source, [f"{option('epochs', epochs)}: there is no column {' or '.join(map(repr, checks.COURSE))}"]
        )
    place = checks.numbers(frame[course]).astype(float)
    trial = _trials(frame, beside)
    faults = [
        f"{frame[ORIGIN][i]}: {course} is {checks.as_text(frame[course][i])!r}; allowed: a number"
        for i in frame.index[~np.isfinite(place)][:_FIRST]
    ]
    twice = pd.DataFrame({"trial": trial, "place": place}).duplicated() & np.isfinite(place)
    faults += [
        f"{frame[ORIGIN][i]}: condition {checks.as_text(frame['condition'][i])!r}, seed "
        f"{checks.as_text(frame['seed'][i])}, {course} {place[i]:g} comes again; allowed: once (give --task or --where "
        "where a column distinguishes them)"
        for i in frame.index[twice][:_FIRST]
    ]
    if faults:
        raise TableError(source, faults)
    if epochs == LAST:
        rows, said = _last(place, trial), f"its last {course}"
        ends = sorted({*place[rows]})
        lengths = (
            f"{ends[0]:g}" if len(ends) == 1 else f"from {ends[0]:g} to {ends[-1]:g}: {_early(frame, place[rows])}"
        )
        return frame.loc[frame.index.isin(rows)], f"--epochs last: each trial counts with {said} ({lengths})"
    column, higher = _validation_metric(source, frame, epochs)
    value = checks.numbers(frame[column]).astype(float) * (1 if higher else -1)
    usable = value.where(np.isfinite(value))
    best = pd.DataFrame({"trial": trial, "value": usable, "place": place}).dropna()
    best = best.sort_values(["trial", "value", "place"], ascending=[True, False, True])
    rows = pd.Index(best.index[~best["trial"].duplicated()])
    without = trial[~trial.isin(trial[rows])]
    rows = rows.append(_last(place[without.index], without))
    said = (
        f"{option('epochs', epochs)}: each trial counts with the first {course} at which its {column} is "
        f"{'highest' if higher else 'lowest'}"
    )
    if len(without):
        said += f"; {without.nunique()} without a finite {column} with the last"
    return frame.loc[frame.index.isin(rows)], said


def _trials(frame: pd.DataFrame, beside: Sequence[str]) -> pd.Series:
    """Return a number for each trial, by row."""
    keys = [name for name in ("condition", "seed", *beside) if name not in checks.COURSE]
    cells = pd.DataFrame({name: checks.each_once(frame[name], checks.as_text).str.strip() for name in keys})
    return cells.groupby(keys, sort=False).ngroup()


def _last(place: pd.Series, trial: pd.Series) -> pd.Index:
    return pd.Index(place.groupby(trial).idxmax())


def _early(frame: pd.DataFrame, ends: pd.Series) -> str:
    """Return which trials end before the others, if they are few: they may have crashed."""
    early = ends[ends < ends.max()]
    if len(early) > _FIRST or 2 * len(early) >= len(ends):
        return "trials end at different ones"
    label, seed = frame["condition"], frame["seed"]
    named = (f"{checks.as_text(label[i])!r}, seed {checks.as_text(seed[i])}, at {early[i]:g}" for i in early.index)
    return f"{'; '.join(named)} before all others"


def _validation_metric(source: Path | str, frame: pd.DataFrame, epochs: str) -> tuple[str, bool]:
    """Return the column by which the best epoch is chosen, and whether higher values are better."""
    wanted = epochs.removeprefix(BEST)
    if wanted == epochs or not wanted:
        raise TableError(source, [f"--epochs is {epochs!r}; allowed: {LAST} or {BEST}COLUMN"])
    columns = [str(name) for name in frame.columns if not str(name).startswith("_")]
    column = column_named(columns, wanted)
    if column is None:
        raise TableError(
            source, [f"{option('epochs', epochs)}: there is no column {wanted!r}{nearest(wanted, columns)}"]
        )
    if not np.isfinite(checks.numbers(frame[column])).any():
        raise TableError(source, [f"{option('epochs', epochs)}: {column} has no numbers"])
    if "test" in words_of(column):
        raise TableError(
            source,
            [f"{option('epochs', epochs)}: {column} is of the test set, and the best of many looks at it flatters each "
             "trial; allowed: last, or the best by a validation metric"],
        )  # fmt: skip
    direction = direction_of(column)
    if direction is None:
        raise TableError(
            source,
            [f"{option('epochs', epochs)}: the name {column!r} does not say which values are better; allowed: last, or "
             "a column whose name does"],
        )  # fmt: skip
    return column, direction == HIGHER
