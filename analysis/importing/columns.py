"""From trials to the columns of a table: identity, status, settings that vary, metrics, examples."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.base.errors import listed
from analysis.importing.identity import Identity, follows, varying
from analysis.importing.plain_files import number
from analysis.importing.runs import OK, Run, Setting
from analysis.importing.trials import Trial
from analysis.tables.folds import is_of_folds
from analysis.tables.names import CONDITION, last_part
from analysis.tables.percent import as_fractions, outside, tiny
from analysis.tables.reading import is_loss
from analysis.tables.seeds import equal_as_numbers
from bench.schema.known_metrics import is_accuracy

_OWN = frozenset({
    "condition", "seed", "task", "status", "error", "run", "study", "trial_id", "condition_id", "test_bits",
    "test_groups", "diverged", "stays_at_chance", "curves",
})  # fmt: skip
"""Columns that mean something of their own: a setting or metric of that name gets another."""
_COUNTS = ("_correct", "_total")


def table_of(source: str, trials: Sequence[Trial], identity: Identity, percent: bool) -> tuple[pa.Table, list[str]]:
    """Return the table, and what to say of it: names that changed, metrics that are missing, per cent.

    Raises
    ------
    TableError
        ``percent`` where nothing is in per cent.
    """
    notes: list[str] = []
    metrics = _metrics(source, trials, percent, notes)
    columns: dict[str, pa.Array] = {
        "condition": pa.array([each.condition for each in trials], pa.string()),
        "seed": _seeds(trials),
    }
    if identity.task:
        columns["task"] = pa.array([each.task for each in trials], pa.string())
    columns["status"] = pa.array([each.status for each in trials], pa.string())
    for name, cells in _settings(trials, identity).items():
        free = _free_name(name, "config", [*columns, *metrics], notes)
        columns[free] = cells
    for name, cells in metrics.items():
        columns[_free_name(name, "metric", columns, notes)] = cells
    if "error" not in columns:
        columns["error"] = pa.array([each.run.error or None for each in trials], pa.string())
    columns["run"] = pa.array([each.run.name for each in trials], pa.string())
    alike = equal_as_numbers(list(dict.fromkeys(each.condition for each in trials)))
    return pa.table(columns), [*notes, *alike, *_of_metrics(trials), *_of_settings(trials, identity)]


def _free_name(name: str, kind: str, taken: Sequence[str] | dict[str, Any], notes: list[str]) -> str:
    """Return a name that no other column has."""
    free = name
    while free in taken or (free in _OWN and (free, kind) != ("error", "metric")):
        free = f"{kind}.{free}"
    if free != name:
        notes.append(
            f"{'setting' if kind == 'config' else kind} {name!r} is the column {free!r}: {name!r} means another"
        )
    return free


def _seeds(trials: Sequence[Trial]) -> pa.Array:
    """Return whole numbers where all seeds are, else names."""
    seeds = [each.seed for each in trials]
    if all(isinstance(each, int) and abs(each) < 2**63 for each in seeds):
        return pa.array(seeds, pa.int64())
    return pa.array([str(each) for each in seeds], pa.string())


def _settings(trials: Sequence[Trial], identity: Identity) -> dict[str, pa.Array]:
    """Return the settings that vary, numbers as such; not those that the columns before repeat as text."""
    columns = {}
    for name in varying([each.run for each in trials]):
        cells = _typed([each.run.settings.get(name) for each in trials])
        if name == identity.seed and is_of_folds(name):  # of which every command warns, by this name
            columns[last_part(name)] = cells
        if name in identity.settings and (name not in identity.condition or name == CONDITION or not _is_number(cells)):
            continue
        columns[name] = cells
    return columns


def _is_number(cells: pa.Array) -> bool:
    return pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type)


def _typed(cells: Sequence[Setting]) -> pa.Array:
    """Return settings as booleans or numbers where all that are there are, else as text."""
    given = [None if cell == "" else cell for cell in cells]
    known = [cell for cell in given if cell is not None]
    if known and all(isinstance(cell, bool) for cell in known):
        return pa.array(given, pa.bool_())
    numbers = [number(cell) for cell in known]
    if known and all(each is not None for each in numbers):
        whole = all(isinstance(each, int) and abs(each) < 2**53 for each in numbers)
        to_number, kind = (int, pa.int64()) if whole else (float, pa.float64())
        return pa.array([None if (found := number(cell)) is None else to_number(found) for cell in given], kind)
    return pa.array([None if cell is None else str(cell) for cell in given], pa.string())


def _metrics(source: str, trials: Sequence[Trial], percent: bool, notes: list[str]) -> dict[str, pa.Array]:
    """Return every metric; what is no finite number and no loss is empty, and that is noted."""
    names = list(dict.fromkeys(name for trial in trials for name in trial.run.metrics))
    values: dict[str, list[float | None]] = {}
    for name in names:
        cells = [trial.run.metrics.get(name) for trial in trials]
        if not is_loss(name) and (bad := [cell for cell in cells if cell is not None and not math.isfinite(cell)]):
            notes.append(f"{name} is no finite number in {len(bad)} runs: empty there")
            cells = [cell if cell is not None and math.isfinite(cell) else None for cell in cells]
        values[name] = cells
    hundredths = _in_percent(source, trials, values, percent, notes)
    made = {}
    for name, cells in values.items():
        divided = [None if each is None else each / 100 for each in cells] if name in hundredths else cells
        count = name.endswith(_COUNTS) and all(each is None or _is_count(each) for each in divided)
        to_number, kind = (int, pa.int64()) if count else (float, pa.float64())
        made[name] = pa.array([None if each is None else to_number(each) for each in divided], kind)
    return made


def _is_count(value: float) -> bool:
    return float(value).is_integer() and abs(value) < 2**63


def _in_percent(
    source: str, trials: Sequence[Trial], values: dict[str, list[float | None]], percent: bool, notes: list[str]
) -> set[str]:
    """Return which metrics are divided by 100: none unless that was asked for."""
    frame = pd.DataFrame({name: np.array(cells, float) for name, cells in values.items()})
    over = [name for name in values if outside(name, frame[name].to_numpy()).any()]
    if not percent:
        if over:
            notes.append(f"{listed(over)}: beyond 0 to 1; if that is per cent, --percent divides it by 100")
        return set()
    frame["condition"] = [each.condition for each in trials]
    divided = as_fractions(Path(source), frame)
    found = {name for name in values if not frame[name].equals(divided[name])}
    notes.append(f"divided by 100: {listed(sorted(found))}")
    notes += tiny(frame, divided)
    if whole := sorted(name for name in values if is_accuracy(name) and name not in found):
        notes.append(f"within 0 to 1, and not divided: {listed(whole)}")
    return found


def _of_metrics(trials: Sequence[Trial]) -> list[str]:
    """Return which metrics are missing in some runs that ended, and which look like one under two names."""
    ended = [trial.run for trial in trials if trial.status == OK]
    names = dict.fromkeys(name for run in ended for name in run.metrics)
    having = {name: {i for i, run in enumerate(ended) if name in run.metrics} for name in names}
    missing = {name: runs for name, runs in having.items() if len(runs) < len(ended)}
    twins = [
        (name, other)
        for name, other in itertools.combinations(missing, 2)
        if not missing[name] & missing[other] and len(missing[name] | missing[other]) == len(ended)
    ]
    paired = {name for pair in twins for name in pair}
    return [
        f"metrics {name!r} ({len(missing[name])} runs) and {other!r} ({len(missing[other])} runs) are in no run "
        f"together: where one is the other under a new name, --rename {name}={other} makes them one"
        for name, other in twins
    ] + [
        f"metric {name!r} is missing in {len(ended) - len(runs)} of {len(ended)} runs that ended: "
        f"{_few([run.name for i, run in enumerate(ended) if i not in runs])}"
        + ("; many tables have an empty cell for NaN, and a run whose loss was NaN diverged" if is_loss(name) else "")
        for name, runs in missing.items()
        if name not in paired
    ]


def _of_settings(trials: Sequence[Trial], identity: Identity) -> list[str]:
    """Return which settings differ between runs of one condition, but for names of runs and what the seed decides."""
    groups: dict[tuple[str | None, str], list[Run]] = {}
    for trial in trials:
        groups.setdefault((trial.task, trial.condition), []).append(trial.run)
    runs = [trial.run for trial in trials]
    told_apart = {name for name, values in varying(runs).items() if len(values) == len(runs)}
    of_seed = {
        name
        for name in varying(runs)
        if len({trial.seed for trial in trials}) < len(trials) and follows(name, [identity.seed], runs)
    }
    unlike: dict[str, list[str]] = {}
    for (_, condition), group in groups.items():
        for name in varying(group):
            if name not in {*identity.settings, *told_apart, *of_seed, "log"}:
                unlike.setdefault(name, []).append(condition)
    return [
        f"setting {name!r} differs between runs of one condition ({_few(list(dict.fromkeys(conditions)))}): "
        "differences between conditions may be due to it"
        for name, conditions in unlike.items()
    ]


def _few(names: Sequence[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
