"""The trials on disk: which there are, how each ended, and what their files hold, verified."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path

import pyarrow as pa

from bench import schema
from bench.base.errors import StorageError
from bench.base.files import remove
from bench.schema.files import Columns, read_result
from bench.schema.folder import every_file, names_in, one_row_each
from bench.schema.local_copy import copy_of
from bench.schema.paths import SEGMENT
from bench.schema.sealed import DamagedFileError, UnusableFileError

_Version = tuple[int, int, int]


class TrialFiles:
    """The files of trials in `folder`, each read once for how its trials ended; `refresh` reads those that are new."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.statuses: dict[str, str] = {}
        """How each trial on disk ended: one that failed was tried again where another row says otherwise."""
        self.trials_of: dict[Path, list[str]] = {}
        """Trials in each file."""
        self._names: set[str] = set()
        self._may_change: dict[Path, _Version | None] = {}

    def refresh(self) -> None:
        """Read what other runners have written since; raise StorageError for a file that must not be used."""
        self._bring_up_to_date()
        names = names_in(self.folder)
        if names == self._names and not self._may_change:
            return
        for path in [path for path in self.trials_of if path.name not in names]:
            self._forget(path)
        self._note(every_file(self.folder, self._read_new))

    def table(self, columns: Columns = None) -> pa.Table:
        """Return the rows of all trials on disk, one each; raise StorageError."""
        self._bring_up_to_date()
        found = every_file(self.folder, partial(read_verified, columns=columns))
        self._note(found)
        return one_row_each(found)[0] if found else schema.trials_schema([]).empty_table()

    def places(self, trial_ids: Collection[str]) -> dict[Path, list[str]]:
        """Return the files that the rows of trials lie in, each with its trials; raise StorageError."""
        self.refresh()
        wanted = set(trial_ids)
        tables = {path: read_verified(path, ()) for path, ids in self.trials_of.items() if wanted & set(ids)}
        found: dict[Path, list[str]] = defaultdict(list)
        if tables:
            table, files = one_row_each(tables)
            for trial_id, file in zip(table["trial_id"].to_pylist(), files, strict=True):
                if trial_id in wanted:
                    found[list(tables)[file]].append(trial_id)
        return found

    @property
    def with_failures(self) -> list[Path]:
        """Files that have trials that failed; another runner may replace them."""
        return list(self._may_change)

    def remove(self, paths: Collection[Path]) -> None:
        """Remove files whose trials are in others; raise StorageError."""
        remove(paths)
        for path in paths:
            self._forget(path)

    def _forget(self, path: Path) -> None:
        self.trials_of.pop(path, None)
        self._may_change.pop(path, None)
        self._names.discard(path.name)

    def note(self, path: Path, statuses: Mapping[str, str]) -> None:
        """Take in what this program has written to a file, or read of it."""
        self.trials_of[path] = list(statuses)
        self._names.add(path.name)
        for trial_id, status in statuses.items():
            if status != schema.FAILED or trial_id not in self.statuses:
                self.statuses[trial_id] = status
        if schema.FAILED in statuses.values():
            self._may_change[path] = _version(path)
        else:
            self._may_change.pop(path, None)

    def _bring_up_to_date(self) -> None:
        """Take over what is new on the object store, where the folder is in the local copy of one."""
        try:
            if (copy := copy_of(self.folder)) is not None:
                copy.refresh()
        except OSError as error:
            raise StorageError(f"{self.folder}: cannot be brought up to date: {error.strerror or error}") from error

    def _read_new(self, path: Path) -> pa.Table | None:
        if path in self.trials_of and self._may_change.get(path) in (None, _version(path)):
            return None
        return read_verified(path, ())

    def _note(self, tables: Mapping[Path, pa.Table | None]) -> None:
        for path, table in tables.items():
            if table is not None:
                columns = (table[name].to_pylist() for name in ("trial_id", "status"))
                self.note(path, dict(zip(*columns, strict=True)))


def _again(path: Path) -> str:
    """Return what to do about a damaged file."""
    if path.parent.name == schema.TRIALS_FOLDER:
        return "Remove this file; the next run trains its trials again."
    if path.name.startswith(SEGMENT):
        return "Remove this file; its trials keep their rows, and have no curves any more."
    return "Remove this file and the one of its trial; the next run trains it again."


def _version(path: Path) -> _Version | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def read_verified(path: Path, columns: Columns = None) -> pa.Table:
    """Return the rows of a file; raise StorageError where they must not be used, FileNotFoundError where it is gone."""
    try:
        return read_result(path, columns)
    except FileNotFoundError:
        raise
    except DamagedFileError as error:
        raise StorageError(f"{path}: {error}. {_again(path)}") from error
    except UnusableFileError as error:
        raise StorageError(f"{path}: {error}") from error
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror or error}") from error
