"""Which values of a log are metrics, and how they went in the course of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from analysis.base.errors import TableError, nearest
from analysis.importing.names import SEEDS, matching
from analysis.importing.plain_files import number
from analysis.importing.runs import History, Run, Setting
from analysis.tables.dialect import EMPTY
from analysis.tables.names import last_part
from bench.schema.known_metrics import direction_of

EPOCH = "epoch"


def numbers_in(values: Mapping[str, Setting]) -> dict[str, float]:
    """Return what is a number, NaN and infinities too, which JSON may have as text."""
    found = {name: number(value) for name, value in values.items()}
    return {name: value for name, value in found.items() if value is not None}


def in_course(rows: Sequence[Mapping[str, float]], step: str) -> dict[str, History]:
    """Return the history of each metric in rows of a log, by epoch where every row says it, else by `step`.

    A metric that comes twice at one place has its last value there.
    """
    by = EPOCH if rows and all(EPOCH in row for row in rows) else step
    found: dict[str, dict[float, float]] = {}
    for i, row in enumerate(rows):
        for name, value in row.items():
            if name not in (by, step):
                found.setdefault(name, {})[row.get(by, i)] = value
    return {name: tuple(course.items()) for name, course in found.items()}


def are_metrics(columns: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return which columns of a table hold metrics, where it does not say.

    A column of numbers whose name is that of a metric, or whose values mostly differ, as measurements do; never a seed.
    """
    return tuple(
        name
        for name, cells in columns.items()
        if _is_metric(name, [each for each in cells if each.strip() not in EMPTY])
    )


def _is_metric(name: str, cells: Sequence[str]) -> bool:
    if not cells or last_part(name) in SEEDS or any(number(cell) is None for cell in cells):
        return False
    return direction_of(name) is not None or (len(cells) > 2 and len(set(cells)) > len(cells) / 2)


def as_settings(runs: Sequence[Run], names: Sequence[str]) -> tuple[Run, ...]:
    """Return runs whose metrics of these `names` are settings, where no setting has the name: a rate, once a run."""
    known = dict.fromkeys(each for run in runs for each in run.settings)
    metrics = dict.fromkeys(each for run in runs for each in run.metrics)
    moved = {each for name in names if not matching(name, known) for each in matching(name, metrics)}
    return tuple(
        replace(
            run,
            settings={**run.settings, **{name: run.metrics[name] for name in moved if name in run.metrics}},
            metrics={name: value for name, value in run.metrics.items() if name not in moved},
        )
        if moved
        else run
        for run in runs
    )


def renamed(source: str, runs: Sequence[Run], pairs: Sequence[str]) -> tuple[Run, ...]:
    """Return runs with metrics under new names, as ``--rename OLD=NEW`` gives them.

    Raises
    ------
    TableError
        What is no pair, no metric, or the name of another metric of the same run.
    """
    known = dict.fromkeys(name for run in runs for name in run.metrics)
    new: dict[str, str] = {}
    faults = []
    for pair in pairs:
        old, equals, name = pair.partition("=")
        if not (old and equals and name):
            faults.append(f"--rename {pair}: expected OLD=NEW")
        elif old not in known:
            faults.append(f"--rename {pair}: there is no metric {old!r}{nearest(old, known)}")
        elif any(old in run.metrics and name in run.metrics for run in runs):
            faults.append(f"--rename {pair}: some run has both metrics")
        new[old] = name
    if faults:
        raise TableError(source, faults)
    return tuple(
        replace(
            run,
            metrics=_under(run.metrics, new),
            histories=_under(run.histories, new),
            examples=_under(run.examples, new),
        )
        for run in runs
    )


T = TypeVar("T")


def _under(values: Mapping[str, T], new: Mapping[str, str]) -> dict[str, T]:
    return {new.get(name, name): value for name, value in values.items()}
