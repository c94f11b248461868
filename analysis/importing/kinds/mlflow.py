"""MLflow: its stores, read as they lie, and the table of ``search_runs`` or of the page of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.base.errors import TableError
from analysis.importing.metrics import are_metrics
from analysis.importing.mlflow_stores import Point, Stored, as_logged, of_database, of_files
from analysis.importing.plain_files import ending, number, parquet_rows, rows_of
from analysis.importing.runs import FAILED, OK, History, Logs, Run, Setting

_FINISHED = "FINISHED"
_METRIC, _PARAM, _TAG = "metrics.", "params.", "tags."
_OWN_TAGS = "mlflow."
_ABOUT_THE_RUN = frozenset({
    "Start Time", "Duration", "Run ID", "Name", "Run Name", "Source Type", "Source Name", "User", "Status", "Created",
    "Experiment ID", "Experiment Name", "Dataset", "Source", "Version", "Models",
    "run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time",
})  # fmt: skip


def read(paths: Sequence[Path]) -> Logs:
    """Read stores and tables.

    Raises
    ------
    TableError
        No runs, or a file that is none of these.
    """
    runs: list[Run] = []
    notes: list[str] = []
    for path in paths:
        stored: list[Stored] = []
        if path.is_dir():
            stored = [*of_files(path)]
            if not stored and (path / "mlflow.db").exists():
                stored = of_database(path / "mlflow.db")
            if not stored:
                raise TableError(
                    path, ["has no run in it; expected mlruns/, with meta.yaml, params/ and metrics/ of each run"]
                )
        elif path.suffix.lower() == ".db":
            stored = of_database(path)
        elif ending(path) in (".csv", ".parquet"):
            runs += _of_table(path, notes)
        else:
            raise TableError(path, ["is neither mlruns/, nor a .db, nor the .csv or .parquet of search_runs"])
        deleted = [each.name for each in stored if each.deleted]
        runs += [_of_store(each) for each in sorted(stored, key=lambda each: each.started) if not each.deleted]
        if deleted:
            notes.append(f"{len(deleted)} runs are marked as deleted and left out: {', '.join(deleted[:6])}")
    return Logs(tuple(runs), notes=tuple(notes))


def _of_store(stored: Stored) -> Run:
    settings: dict[str, Setting] = {key: value for key, value in stored.tags.items() if not key.startswith(_OWN_TAGS)}
    settings |= {"experiment": stored.experiment} | dict(stored.params)
    latest = {name: _in_turn(points)[-1][2] for name, points in stored.points.items() if points}
    histories = {name: _course(points) for name, points in stored.points.items()}
    return Run(stored.name, settings, latest, histories, *_ending(stored.status))


def _in_turn(points: Sequence[Point]) -> list[Point]:
    return sorted(points, key=lambda point: point[:2])


def _course(points: Sequence[Point]) -> History:
    """Return a metric's values by step; where none was given, all of which are then 0, in the order of their times."""
    if len({step for step, _, _ in points}) == 1:
        return tuple((float(i), value) for i, (_, _, value) in enumerate(_in_turn(points)))
    return tuple({float(step): value for step, _, value in _in_turn(points)}.items())


def _ending(status: str) -> tuple[str, str]:
    return (OK, "") if status == _FINISHED else (FAILED, f"status {status}")


def _of_table(path: Path, notes: list[str]) -> list[Run]:
    rows: list[dict[str, Any]] = [*(rows_of(path, notes) if ending(path) == ".csv" else parquet_rows(path))]
    if not rows:
        raise TableError(path, ["has no runs"])
    names = [*rows[0]]
    rows.sort(key=lambda row: _text(row.get("start_time", row.get("Start Time"))))
    metrics = {name: name.removeprefix(_METRIC) for name in names if name.startswith(_METRIC)}
    settings = {name: name.removeprefix(_PARAM) for name in names if name.startswith(_PARAM)}
    if not metrics and not settings:  # the page of runs, in some versions
        rest = {name: [_text(row[name]) for row in rows] for name in names if name not in _ABOUT_THE_RUN}
        metrics = {name: name for name in are_metrics(rest)}
        settings = {name: name for name in rest if name not in metrics}
    tags = [name for name in names if name.startswith(_TAG) and not name.startswith(_TAG + _OWN_TAGS)]
    settings |= {name: "experiment" for name in ("experiment_id", "Experiment ID", "Experiment Name") if name in names}
    settings |= {name: tag for name in tags if (tag := name.removeprefix(_TAG)) not in settings.values()}
    if not metrics:
        raise TableError(path, ["has no metric; expected columns metrics.* and params.*, as search_runs gives them"])
    return [_of_row(path, i, row, metrics, settings) for i, row in enumerate(rows, 1)]


def _of_row(
    path: Path, place: int, row: Mapping[str, Any], metrics: Mapping[str, str], settings: Mapping[str, str]
) -> Run:
    names = ("tags.mlflow.runName", "Run Name", "Name", "run_id", "Run ID")
    name = next((str(row[each]) for each in names if row.get(each)), f"{path.name}, row {place}")
    status = next((str(row[each]).upper() for each in ("status", "Status") if each in row), _FINISHED)
    found = {metrics[each]: number(row[each]) for each in metrics}
    return Run(
        name,
        {settings[each]: row[each] for each in settings if _text(row[each]) != ""},
        {each: as_logged(value) for each, value in found.items() if value is not None},
        {},
        *_ending(status),
    )


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)
