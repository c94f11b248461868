"""Where MLflow keeps runs: the files of ``mlruns/``, and the SQLite database ``mlflow.db``."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from analysis.base.errors import TableError
from analysis.importing.plain_files import text_of, yaml_of

STATUS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}

_LARGEST = 1.797e308
"""A database has this for infinity, and every number is that is not smaller."""

Point: TypeAlias = tuple[int, int, float]
"""Step, milliseconds since 1970, value."""


@dataclass(frozen=True)
class Stored:
    """A run as a store has it."""

    name: str
    status: str
    deleted: bool
    experiment: str
    started: int
    """Milliseconds since 1970."""
    params: Mapping[str, str]
    tags: Mapping[str, str]
    points: Mapping[str, list[Point]] = field(default_factory=dict)


def of_files(folder: Path) -> Iterator[Stored]:
    """Yield the runs below a folder: of a store, an experiment, or one run."""
    names: dict[Path, str] = {}
    for path in sorted(folder.rglob("meta.yaml")):
        meta = yaml_of(path)
        if "run_id" not in meta or not (path.parent / "params").is_dir() | (path.parent / "metrics").is_dir():
            names[path.parent] = str(meta.get("name", path.parent.name))
            continue
        home = path.parent
        if home.parent not in names:  # of one run alone
            above = home.parent / "meta.yaml"
            names[home.parent] = str(yaml_of(above).get("name", "")) if above.exists() else home.parent.name
        tags = _texts(home / "tags")
        status = meta.get("status")
        yield Stored(
            name=str(meta.get("run_name") or tags.get("mlflow.runName") or meta["run_id"]),
            status=STATUS.get(status, str(status)) if isinstance(status, int) else str(status),
            deleted=meta.get("lifecycle_stage") == "deleted",
            experiment=names[home.parent],
            started=number if isinstance(number := meta.get("start_time"), int) else 0,
            params=_texts(home / "params"),
            tags=tags,
            points={_name(home / "metrics", each): _points(each) for each in _below(home / "metrics")},
        )


def _below(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _texts(folder: Path) -> dict[str, str]:
    return {_name(folder, path): text_of(path) for path in _below(folder)}


def _points(path: Path) -> list[Point]:
    """Return the lines of a metric: time, value, step; older versions have no step."""
    found = []
    for i, line in enumerate(text_of(path).splitlines(), 1):
        stamp, value, *rest = [*line.split(" "), "", ""]
        try:
            found.append((int(rest[0] or 0), int(stamp), float(value)))
        except ValueError as error:
            raise TableError(path, [f"line {i} is {line[:80]!r}; expected time, value, step"]) from error
    return found


def of_database(path: Path) -> list[Stored]:
    """Return the runs of a database; raise TableError where it is none of MLflow."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as database:
            return [*_rows(database)]
    except sqlite3.Error as error:
        raise TableError(path, [f"cannot be read as a database of MLflow: {error}"]) from error


def as_logged(value: float, is_nan: bool = False) -> float:
    """Return a number of a database as it was logged."""
    if is_nan:
        return math.nan
    return math.copysign(math.inf, value) if abs(value) >= _LARGEST else float(value)


def _rows(database: sqlite3.Connection) -> Iterator[Stored]:
    texts: dict[str, dict[str, dict[str, str]]] = {}
    for table in ("params", "tags"):
        texts[table] = {}
        for run, key, value in database.execute(f"SELECT run_uuid, key, value FROM {table} ORDER BY key"):
            texts[table].setdefault(run, {})[key] = value
    points: dict[str, dict[str, list[Point]]] = {}
    for run, key, value, is_nan, stamp, step in database.execute(
        "SELECT run_uuid, key, value, is_nan, timestamp, step FROM metrics ORDER BY key, step, timestamp"
    ):
        points.setdefault(run, {}).setdefault(key, []).append((step or 0, stamp, as_logged(value, bool(is_nan))))
    for run, name, status, stage, experiment, started in database.execute(
        "SELECT run_uuid, runs.name, status, runs.lifecycle_stage, experiments.name, runs.start_time FROM runs "
        "LEFT JOIN experiments ON runs.experiment_id = experiments.experiment_id ORDER BY run_uuid"
    ):
        yield Stored(
            name or run, str(status), stage == "deleted", experiment or "", started or 0,
            texts["params"].get(run, {}), texts["tags"].get(run, {}), points.get(run, {}),
        )  # fmt: skip
