"""A results folder: one file per trial, written beside and moved into place, safe for several runners."""

from __future__ import annotations

import errno
import fcntl
import io
import json
import time
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench import schema
from bench.base.errors import StorageError
from bench.base.files import write_atomically
from bench.schema import Arithmetic

if TYPE_CHECKING:
    from bench.record.rows import Row

LEFTOVER_SECONDS = 3600
FIXED_COLUMNS = set(schema.trials_schema([]).names)
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
            for directory in (self.trials, self.curves):
                directory.mkdir(parents=True, exist_ok=True)
                for leftover in directory.glob(".*.tmp"):
                    if time.time() - leftover.stat().st_mtime > LEFTOVER_SECONDS:
                        leftover.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"{self.folder}: cannot be written: {error.strerror or error}") from error

    def trial_ids(self) -> list[str]:
        """Return the ids of all trials on disk, in order."""
        files = (path for path in self.trials.glob("*.parquet") if not path.name.startswith("."))
        return sorted({path.stem for path in files if path.name != schema.PACKED_FILE} | self.packed.keys())

    @cached_property
    def packed(self) -> dict[str, Row]:
        """The trials that lie in one file together, by id; none where there is no such file. They stay as they are."""
        return {row["trial_id"]: row for row in _read_rows(self.trials / schema.PACKED_FILE)}

    def read(self, trial_id: str) -> Row | None:
        """Return the row of a trial, or None where it is not on disk; raise StorageError where it is damaged."""
        if trial_id in self.packed:
            return self.packed[trial_id]
        path = self.trials / f"{trial_id}.parquet"
        rows = _read_rows(path)
        if not rows:
            return None
        if len(rows) > 1 or rows[0]["trial_id"] != trial_id:
            raise StorageError(f"{path}: holds trial {rows[0]['trial_id']}: a file was renamed")
        return rows[0]

    def write(self, row: Row, curve: list[Row]) -> None:
        """Write a trial, its curve first: a trial that is there is complete. Raise StorageError."""
        if curve:
            named = [{"trial_id": row["trial_id"], **epoch} for epoch in curve]
            _write_table(self.curves / f"{row['trial_id']}.parquet", named, _curves_schema(named))
        self.write_row(row)

    def write_row(self, row: Row) -> None:
        """Write or replace the row of a trial; raise StorageError, also where it is packed."""
        if row["trial_id"] in self.packed:
            raise StorageError(
                f"{self.trials / schema.PACKED_FILE}: holds a trial under another label. Give another --out."
            )
        factors = [column for column in row if column not in FIXED_COLUMNS]
        _write_table(self.trials / f"{row['trial_id']}.parquet", [row], schema.trials_schema(factors))

    def export(self, file: Path) -> int:
        """Write all trials of the present plan as one parquet file; return their number. Raise StorageError."""
        if file.resolve().parent in (self.trials.resolve(), self.curves.resolve()):
            raise StorageError(
                f"{file}: is among the trials themselves, where every file is one trial. Give another FILE."
            )
        rows = self.planned()
        _write_rows(file, rows)
        return len(rows)

    def pack(self, folder: Path) -> int:
        """Write a results folder with the trials of the present plan in one file, and so their curves.

        It is read like any other. Returns the number of trials; raises StorageError, also where `folder` is in use.
        """
        if folder.exists() and any(folder.iterdir()):
            raise StorageError(f"{folder}: is not empty. Give another folder, or a FILE that ends in .parquet.")
        rows = self.planned()
        curves = [self.curves / f"{row['trial_id']}.parquet" for row in rows]
        points = [point for path in curves if path.exists() for point in pq.read_table(path).to_pylist()]
        other = Store(folder)
        other.prepare()
        _write_table(other.curves / schema.PACKED_FILE, points, _curves_schema(points), compression="zstd")
        _write_rows(other.trials / schema.PACKED_FILE, rows)
        copied = [f"{schema.PLUGINS_FOLDER}/{path.name}" for path in (self.folder / schema.PLUGINS_FOLDER).glob("*.py")]
        environments = {f"{schema.ENVIRONMENT_FOLDER}/{row['environment_id']}.json" for row in rows}
        for name in (schema.PLAN_FILE, schema.STUDY_FILE, schema.PLANS_LOG, *sorted(copied), *sorted(environments)):
            if (self.folder / name).exists():
                write_atomically(folder / name, (self.folder / name).read_bytes())
        return len(rows)

    def planned(self) -> list[Row]:
        """Return the rows on disk of the present plan, or all where there is none; raise StorageError."""
        plan = self.plan()
        wanted = self.trial_ids() if plan is None else [trial["trial_id"] for trial in plan["trials"]]
        rows = [row for trial_id in wanted if (row := self.read(trial_id)) is not None]
        if not rows:
            raise StorageError(f"{self.folder}: there are no trials to export")
        return rows

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

    def write_environment(self, environment_id: str, environment: dict[str, Any]) -> None:
        """Write the full provenance under its id, once."""
        path = self.folder / schema.ENVIRONMENT_FOLDER / f"{environment_id}.json"
        if not path.exists():
            write_atomically(path, json.dumps(environment, indent=1, sort_keys=True).encode())


class Claims:
    """Which trials this runner is at, so that two runners on one folder share the work.

    A claim is a lock on one byte of one file, at an offset made from the trial's id. The kernel drops it when the
    runner ends, however it ends.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / ".claims"
        try:
            self._file = path.open("ab")
        except OSError as error:
            raise StorageError(f"{path}: cannot be written: {error.strerror or error}") from error

    def take(self, trial_id: str) -> bool:
        """Claim a trial; return False where another runner is at it. Raise StorageError where nothing can be locked."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _offset(trial_id))
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                return False
            raise StorageError(f"{self._file.name}: cannot be locked: {error.strerror or error}") from error
        return True

    def release(self, trial_ids: Iterable[str]) -> None:
        """Give claims back."""
        for trial_id in trial_ids:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _offset(trial_id))

    def close(self) -> None:
        """Give all claims back."""
        self._file.close()


def _given(analysis: dict[str, Any]) -> dict[str, Any]:
    """Return a plan of analysis without what is null or empty, which is how every key is by default."""
    return {key: value for key, value in analysis.items() if value is not None and value != {}}


def _offset(trial_id: str) -> int:
    return int(trial_id, 16) >> 2


def _curves_schema(points: list[Row]) -> pa.Schema:
    """Return the schema of curves, with the columns that some of `points` have beyond the fixed ones."""
    return schema.curves_schema(
        list(dict.fromkeys(key for row in points for key in row if key not in schema.CURVES.names))
    )


def _read_rows(path: Path) -> list[Row]:
    """Return the rows of a file of trials, none where it is not there; raise StorageError where it is damaged."""
    try:
        rows = pq.ParquetFile(path, page_checksum_verification=True).read().to_pylist()
        if not rows:
            raise ValueError("it has no rows")
    except FileNotFoundError:
        return []
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise StorageError(f"{path}: cannot be read: {error.strerror or error}") from error
        raise StorageError(
            f"{path}: damaged: {str(error).splitlines()[0]}. Remove this file; the next run trains its trial again."
        ) from error
    if lacking := FIXED_COLUMNS - rows[0].keys() - schema.LATER:
        raise StorageError(f"{path}: is no trial of this harness: lacks {', '.join(sorted(lacking))}")
    return rows


def _write_rows(path: Path, rows: list[Row]) -> None:
    """Write trials as one compact file; a factor that some lack is null there."""
    factors = dict.fromkeys(column for row in rows for column in row if column not in FIXED_COLUMNS)
    _write_table(path, rows, schema.trials_schema(list(factors)), compression="zstd")


def _write_table(path: Path, rows: list[Row], table_schema: pa.Schema, compression: str = "none") -> None:
    """Write rows as parquet, atomically."""
    buffer = io.BytesIO()
    pq.write_table(
        pa.Table.from_pylist(rows, schema=table_schema),
        buffer,
        compression=compression,
        write_page_checksum=True,
    )
    write_atomically(path, buffer.getvalue())
