"""Tables of several tasks, each a table of its own: a column says which, or files, or the folders of a study."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.base.errors import TableError, listed, nearest, option
from analysis.tables import checks
from analysis.tables.names import CONDITION, SEED
from analysis.tables.reading import ORIGIN, Raw
from analysis.tables.table import Table
from bench.schema.characters import has_control
from bench.schema.sealed import UnusableFileError
from bench.schema.tasks import read_tasks

TASK = "task"
"""Column that says by itself on which task a trial was run."""

_ENDING = re.compile(r"(\.(parquet|csv|tsv|txt))?(\.gz)?$", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Tasks:
    """The tables of several tasks.

    Parameters
    ----------
    source : str
        What was read.
    tables : mapping of task to Table
        Two or more, in the order of the study, else of first appearance.
    choice : str
        How one of them is chosen: the column after ``where``.
    """

    source: str
    tables: Mapping[str, Table]
    choice: str = TASK

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions of all tasks, in the order of the first task that has each."""
        return tuple(dict.fromkeys(label for table in self.tables.values() for label in table.conditions))

    @property
    def notes(self) -> tuple[str, ...]:
        """How the tables were read, each note once."""
        return tuple(dict.fromkeys(note for table in self.tables.values() for note in table.notes))

    @property
    def first(self) -> Table:
        """The table of the first task, whose plan is that of all."""
        return next(iter(self.tables.values()))


def one_at_a_time(source: Path | str, names: Sequence[str], column: str = TASK) -> TableError:
    """Return the error of what takes one task at a time."""
    return TableError(
        source,
        [f"has several tasks: {listed(names)}; this takes one of them: {option('where', f'{column}={names[0]}')}"],
    )


def tasks_of_folder(folder: Path) -> tuple[str, ...]:
    """Return the names of the tasks of a study's results; none where it is no such folder."""
    try:
        found = read_tasks(folder)
    except UnusableFileError as error:
        raise TableError(folder, [f"tasks.json {error}"]) from error
    except OSError as error:
        raise TableError(folder, [f"cannot be read: {error.strerror or error}"]) from error
    return () if found is None else found.names


def each_task(source: Path | str, tables: Mapping[str, Callable[[], Table]], choice: str = TASK) -> Tasks:
    """Make the table of each task; raise TableError with the faults of all of them."""
    made: dict[str, Table] = {}
    faults: dict[str, list[str]] = {}
    for name, table in tables.items():
        try:
            made[name] = table()
        except TableError as error:
            for fault in error.faults:
                faults.setdefault(fault, []).append(name)
    if faults:
        raise TableError(source, gathered(faults, len(tables)))
    return Tasks(str(source), made, choice)


def gathered(faults: Mapping[str, Sequence[str]], number: int) -> list[str]:
    """Return faults with the task of each in front; one that all `number` tasks have stands once, by itself."""
    everywhere = [fault for fault, names in faults.items() if len(names) == number]
    rest = [f"task {name!r}: {fault}" for fault, names in faults.items() if len(names) < number for name in names]
    return [*everywhere, *rest]


def without_ending(name: str) -> str:
    """Return the name of a file without what says how it is written."""
    return _ENDING.sub("", name) or name


def by_name(sources: Sequence[object]) -> dict[str, Path | str]:
    """Return files and folders by the name of the task that each stands for: its own, without ending."""
    if not all(isinstance(each, Path | str) for each in sources):
        raise TableError("tables", ["a list of tables must be of paths; for frames give a mapping of task to frame"])
    paths = [each for each in sources if isinstance(each, Path | str)]
    names = [without_ending(str(each).rstrip("/").rsplit("/", 1)[-1]) for each in paths]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise TableError(
            "tables",
            [
                f"{sum(each == name for each in names)} tables are called {name!r}; each is a task, named after its "
                "file or folder: rename them, or give one table with a column task"
                for name in twice
            ],
        )
    return dict(zip(names, paths, strict=True))


def column_of(source: Path | str, raw: Raw, given: str | None, where: Mapping[str, str]) -> str | None:
    """Return the column of the tasks where there are several to be distinguished, else None.

    A column ``task`` is it by itself where some condition was run under several of its values: a factor of a study may
    have that name too.
    """
    frame = raw.frame
    if given is not None and given not in frame.columns:
        shown = [str(name) for name in frame.columns if not str(name).startswith("_")]
        raise TableError(source, [f"column {given!r} is missing{nearest(given, shown)}"])
    column = given or TASK
    if column not in frame.columns or column in where or "condition" not in frame.columns:
        return None
    if given is None and frame.groupby(frame["condition"].astype(str))[column].nunique().max() < 2:
        return None
    return column


def one_run_each(raw: Raw, column: str) -> Raw:
    """Return rows without a column of seeds as one run of each condition on each task, where they are that."""
    frame = raw.frame
    if SEED in frame.columns or frame.duplicated([CONDITION, column]).any():
        return raw
    note = f"no column of seeds: one run of each condition on each value of {column!r}"
    return replace(raw, frame=frame.assign(**{SEED: 0}), notes=(*raw.notes, note))


def split(source: Path | str, raw: Raw, column: str, where: Mapping[str, str]) -> dict[str, Raw]:
    """Return the rows of each task that `where` keeps; raise TableError where one does not say which."""
    frame = raw.frame
    if faults := checks.where_faults(frame, where):
        raise TableError(source, faults)
    for name, value in where.items():
        frame = frame[checks.matches(frame[name], value)]
    labels = checks.each_once(frame[column], checks.as_text).str.strip()
    odd = frame[ORIGIN][checks.each_once(labels, has_control).astype(bool)]
    if len(odd):
        fault = f"{column} holds control characters in {len(odd)} rows ({listed(odd, 5)}); allowed: names without them"
        raise TableError(source, [fault])
    empty = frame[ORIGIN][labels == ""]
    if len(empty):
        raise TableError(source, [f"{len(empty)} rows have no {column} ({listed(empty, 5)}); allowed: one per trial"])
    names = list(dict.fromkeys(labels)) if raw.ordered else sorted(set(labels))
    return {name: _rows(raw, frame[(labels == name).to_numpy(bool)]) for name in names}


def _rows(raw: Raw, frame: pd.DataFrame) -> Raw:
    """Return some of the rows, with what the plan asks for but the trials of others."""
    if raw.plan is None:
        return replace(raw, frame=frame)
    others = set(raw.frame["trial_id"]) - set(frame["trial_id"])
    trials = tuple(each for each in raw.plan.trials if each.trial_id not in others)
    return replace(raw, frame=frame, plan=replace(raw.plan, trials=trials))
