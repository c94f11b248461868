"""A results folder: one file per trial, written beside and moved into place, safe for several runners."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bench import schema
from bench.base.errors import StorageError
from bench.base.files import remove_leftovers, write_atomically
from bench.record.parquet import write_parquet
from bench.schema import Arithmetic
from bench.schema.curves import CURVES_COLUMN, curves_in, has_curves, joined, of_trials
from bench.schema.files import read_result
from bench.schema.sealed import DamagedFileError, UnusableFileError

if TYPE_CHECKING:
    from bench.record.rows import Row

_OF_TRIALS, _OF_CURVES = set(schema.trials_schema([]).names), set(schema.CURVES.names)
_AGAIN = {
    schema.TRIALS_FOLDER: "Remove this file; the next run trains its trial again.",
    schema.CURVES_FOLDER: "Remove this file and the one of its trial; the next run trains it again.",
}
"""What to do about a damaged file."""

PLANNED = {"trial_id", "condition", "seed", "device", "precision"}
"""What plan.json says of each trial."""


class Store:
    """The results of one study in `folder`. Nothing is written before the first `prepare`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trials = folder / schema.TRIALS_FOLDER
        self.curves = folder / schema.CURVES_FOLDER

    def prepare(self) -> None:
        """Make the folders, and remove what a killed runner left half written long ago; raise StorageError."""
        try:
            for directory in (self.trials, self.curves, self.folder):
                directory.mkdir(parents=True, exist_ok=True)
                remove_leftovers(directory)
        except OSError as error:
            raise StorageError(f"{self.folder}: cannot be written: {error.strerror or error}") from error

    def trial_ids(self) -> list[str]:
        """Return the ids of all trials on disk, in order."""
        files = (path for path in self.trials.glob("*.parquet") if not path.name.startswith("."))
        return sorted({path.stem for path in files if path.name != schema.PACKED_FILE} | self.packed.keys())

    @cached_property
    def packed(self) -> dict[str, Row]:
        """The trials that lie in one file together, by id; none where there is no such file. They stay as they are."""
        return {row["trial_id"]: row for row in _rows(self._packed)}

    @cached_property
    def _packed(self) -> pa.Table | None:
        return _read(self.trials / schema.PACKED_FILE)

    def read(self, trial_id: str) -> Row | None:
        """Return the row of a trial, or None where it is not on disk; raise StorageError where it is damaged."""
        if trial_id in self.packed:
            return self.packed[trial_id]
        rows = _rows(_read(self.trials / f"{trial_id}.parquet"))
        return rows[0] if rows else None

    def write(self, row: Row, curve: list[Row]) -> None:
        """Write a trial, its curve first: a trial that is there is complete. Raise StorageError."""
        if curve:
            named = [{"trial_id": row["trial_id"], **epoch} for epoch in curve]
            more = [name for name in dict.fromkeys(key for point in named for key in point) if name not in _OF_CURVES]
            points = pa.Table.from_pylist(named, schema=schema.curves_schema(more))
            write_parquet(self.curves / f"{row['trial_id']}.parquet", points)
        self.write_row(row)

    def write_row(self, row: Row) -> None:
        """Write or replace the row of a trial; raise StorageError, also where it is packed."""
        if row["trial_id"] in self.packed:
            raise StorageError(
                f"{self.trials / schema.PACKED_FILE}: holds a trial under another label. Give another --out."
            )
        write_parquet(self.trials / f"{row['trial_id']}.parquet", trials_table([row]))

    def curves_of(self, trial_ids: Iterable[str]) -> pa.Table:
        """Return the curves of trials, in the order of `trial_ids`; raise StorageError where one is damaged."""
        wanted = list(trial_ids)
        together = _read(self.curves / schema.PACKED_FILE)
        in_rows = None if self._packed is None or not has_curves(self._packed) else curves_in(self._packed)
        tables, missing = [], wanted
        for table in (together, in_rows):
            if table is not None:
                tables.append(of_trials(table, missing))
                have = set(tables[-1]["trial_id"].to_pylist())
                missing = [each for each in missing if each not in have]
        loose = (_read(self.curves / f"{each}.parquet") for each in missing)
        return of_trials(joined([*tables, *(table for table in loose if table is not None)]), wanted)

    def plan(self) -> dict[str, Any] | None:
        """Return the present plan, or None where the folder has none; raise StorageError where it is damaged."""
        path = self.folder / schema.PLAN_FILE
        try:
            plan = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            raise StorageError(f"{path}: damaged: {error}") from error
        trials = plan.get("trials") if isinstance(plan, dict) and isinstance(plan.get("study"), str) else None
        if not isinstance(trials, list) or not all(isinstance(t, dict) and t.keys() >= PLANNED for t in trials):
            raise StorageError(
                f"{path}: damaged: a study's name and its trials ({', '.join(sorted(PLANNED))}) are expected"
            )
        return plan

    def rehearsal(self) -> dict[str, Any] | None:
        """Return what the last rehearsal showed, None where there was none or its file is damaged: it is made again."""
        try:
            found = json.loads((self.folder / schema.REHEARSAL_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def write_rehearsal(self, document: dict[str, Any]) -> None:
        """Write what a rehearsal showed."""
        write_atomically(self.folder / schema.REHEARSAL_FILE, json.dumps(document, indent=1).encode())

    def made_with(self) -> dict[str, Arithmetic]:
        """Return what each environment of the folder computed with, by id; raise StorageError where one is damaged."""
        found = {}
        for path in sorted((self.folder / schema.ENVIRONMENT_FOLDER).glob("*.json")):
            try:
                found[path.stem] = schema.arithmetic(json.loads(path.read_text(encoding="utf-8")))
            except (OSError, ValueError, AttributeError, TypeError) as error:
                raise StorageError(f"{path}: damaged: {error}") from error
        return found

    def study_document(self) -> dict[str, Any]:
        """Return the resolved study of the present plan, empty where there is none; raise StorageError."""
        path = self.folder / schema.STUDY_FILE
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise StorageError(f"{path}: damaged: {error}") from error

    def write_plan(self, plan: dict[str, Any], study: str, trials_done: int) -> None:
        """Write the plan and the resolved study; log the plan of analysis unless it is the last one logged.

        Plans are compared with defaults filled in: a key that was added since, at null, is no change.
        """
        write_atomically(self.folder / schema.STUDY_FILE, study.encode())
        log = self.folder / schema.PLANS_LOG
        logged = log.read_bytes() if log.exists() else b""
        last = json.loads(logged.splitlines()[-1]) if logged.strip() else {}
        if _given(last.get("analysis", {})) != _given(plan["analysis"]):
            entry = {
                "time": datetime.now(UTC).isoformat(timespec="seconds"),
                "analysis_hash": plan["analysis_hash"],
                "trials_done": trials_done,
                "analysis": plan["analysis"],
            }
            write_atomically(log, logged + json.dumps(entry).encode() + b"\n")
        write_atomically(self.folder / schema.PLAN_FILE, json.dumps(plan, indent=1).encode())

    def write_plugins(self, plugins: Iterable[Path]) -> None:
        """Keep a copy of each plug-in, where the resolved study names it."""
        for path in plugins:
            write_atomically(self.folder / schema.PLUGINS_FOLDER / path.name, path.read_bytes())

    def write_code(self, folder: Path, files: Iterable[str]) -> None:
        """Keep a copy of each file of own training code, as it lies in `folder`."""
        for name in files:
            if (
                not Path(name).is_absolute()
                and ".." not in Path(name).parts
                and self.folder / schema.CODE_FOLDER != folder
            ):
                write_atomically(self.folder / schema.CODE_FOLDER / name, (folder / name).read_bytes())

    def write_environment(self, environment_id: str, environment: dict[str, Any]) -> None:
        """Write the full provenance under its id, once."""
        path = self.folder / schema.ENVIRONMENT_FOLDER / f"{environment_id}.json"
        if not path.exists():
            write_atomically(path, json.dumps(environment, indent=1, sort_keys=True).encode())


def _given(analysis: dict[str, Any]) -> dict[str, Any]:
    """Return a plan of analysis without what is null or empty, which is how every key is by default."""
    return {key: value for key, value in analysis.items() if value is not None and value != {}}


def trials_table(rows: Iterable[Row]) -> pa.Table:
    """Return rows of trials as a table; a factor that some lack is null there."""
    rows = list(rows)
    more: dict[str, pa.DataType] = {}
    for row in rows:
        for column in row.keys() - _OF_TRIALS - {name for name, kind in more.items() if kind != pa.null()}:
            more[column] = _kind(column, row[column])
    kinds = {column: pa.float64() if kind == pa.null() else kind for column, kind in more.items()}
    order = dict.fromkeys(column for row in rows for column in row if column in kinds)
    return pa.Table.from_pylist(rows, schema=schema.trials_schema({column: kinds[column] for column in order}))


def _kind(column: str, value: object) -> pa.DataType:
    """Return the type of a column that a study adds, by one of its values."""
    if column in schema.WORDS:
        return pa.string()
    known = {bool: pa.bool_(), str: pa.string(), bytes: pa.binary(), type(None): pa.null()}
    return known.get(type(value), pa.float64())


def _read(path: Path) -> pa.Table | None:
    """Return the rows of a file, None where it is not there; raise StorageError where they must not be used."""
    try:
        return read_result(path)
    except FileNotFoundError:
        return None
    except DamagedFileError as error:
        raise StorageError(f"{path}: {error}. {_AGAIN[path.parent.name]}") from error
    except UnusableFileError as error:
        raise StorageError(f"{path}: {error}") from error
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror or error}") from error


def _rows(table: pa.Table | None) -> list[Row]:
    if table is None:
        return []
    return table.drop_columns([CURVES_COLUMN] if CURVES_COLUMN in table.column_names else []).to_pylist()
