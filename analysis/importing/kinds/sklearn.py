"""scikit-learn: ``cv_results_`` of a search, saved as CSV or JSON: a candidate is a condition, a split a seed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.base.errors import TableError
from analysis.importing.identity import varying
from analysis.importing.plain_files import ending, flat, json_of, number, rows_of
from analysis.importing.runs import FAILED, OK, Logs, Run
from bench.schema.known_metrics import LOWER, direction_of

_SCORE = re.compile(r"split(\d+)_(test|train)_(\w+)")
_PARAM = "param_"
_OF_HALVING = ("iter", "n_resources")
"""Columns of a search that gives fewer candidates more examples, and has each several times."""
_SPLIT = "split"
_WARNING = (
    "seeds are the splits of one cross-validation: they share training data, so they are no independent seeds; "
    "intervals are too narrow, and nothing is shown about new seeds"
)


def read(paths: Sequence[Path]) -> Logs:
    """Read the results of searches; raise TableError for what has no scores by split."""
    notes: list[str] = []
    runs = [run for path in paths for run in _of(path, notes)]
    runs, turned = _higher_is_better(runs)
    own = (_SPLIT, *_OF_HALVING)
    vary = varying(runs)
    condition = [name for name in vary if name not in own] or [name for name in runs[0].settings if name not in own]
    return Logs(
        tuple(runs),
        notes=(_WARNING, "means, deviations and ranks over splits, and times, are left out", *turned, *notes),
        condition=tuple(condition),
        seed=_SPLIT,
    )


def _of(path: Path, notes: list[str]) -> list[Run]:
    if path.is_dir() or ending(path) not in (".csv", ".json"):
        raise TableError(path, ["is no .csv or .json of cv_results_"])
    rows = rows_of(path, notes) if ending(path) == ".csv" else _of_json(path)
    scores = {name: found for name in (rows[0] if rows else {}) if (found := _SCORE.fullmatch(name))}
    if not scores:
        raise TableError(path, ["has no column split0_test_score; expected cv_results_ of a search"])
    splits = sorted({int(found[1]) for found in scores.values()})
    return [_run(path, i, row, scores, split) for i, row in enumerate(rows) for split in splits]


def _higher_is_better(runs: Sequence[Run]) -> tuple[list[Run], list[str]]:
    """Return runs whose negated losses have a name that says so: of every scorer of scikit-learn, higher is better."""
    names = dict.fromkeys(name for run in runs for name in run.metrics)
    new = {
        name: f"{split}_neg_{scorer}"
        for name in names
        for split, _, scorer in [name.partition("_")]
        if direction_of(name) == LOWER and all(run.metrics.get(name, 0) <= 0 for run in runs)
    }
    if not new:
        return [*runs], []
    renamed = [
        replace(run, metrics={new.get(name, name): value for name, value in run.metrics.items()}) for run in runs
    ]
    return renamed, [
        f"{name!r} is never above 0, as a loss is that scikit-learn has negated: it is the column {other!r}"
        for name, other in new.items()
    ]


def _of_json(path: Path) -> list[Mapping[str, Any]]:
    """Return the rows of lists by column, of a frame by column and row, or of a list of rows."""
    found = json_of(path)
    if isinstance(found, list) and all(isinstance(row, Mapping) for row in found):
        return found
    columns = [[*each.values()] if isinstance(each, Mapping) else each for each in found.values()] if isinstance(
        found, Mapping
    ) else []  # fmt: skip
    if not columns or not all(isinstance(each, list) and len(each) == len(columns[0]) for each in columns):
        raise TableError(path, ["holds no columns of one length, nor rows; expected cv_results_"])
    return [dict(zip(found, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _run(path: Path, place: int, row: Mapping[str, Any], scores: Mapping[str, re.Match[str]], split: int) -> Run:
    metrics = {f"{found[2]}_{found[3]}": number(row[name]) for name, found in scores.items() if int(found[1]) == split}
    kept = {name: value for name, value in metrics.items() if value is not None}
    broke = not kept or any(not math.isfinite(value) for value in kept.values())
    params = {name.removeprefix(_PARAM): value for name, value in row.items() if name.startswith(_PARAM)}
    params |= {name: row[name] for name in _OF_HALVING if name in row}
    return Run(
        f"candidate {place}, split {split}",
        {name: "None" if value in (None, "") else value for name, value in flat(path, params).items()}
        | {_SPLIT: split},
        {name: value for name, value in kept.items() if math.isfinite(value)},
        status=FAILED if broke else OK,
        error="its score is no number: the fit failed" if broke else "",
    )
