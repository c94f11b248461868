"""A results folder: a file for trials that ended together, moved into place whole, safe for several runners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from bench import schema
from bench.base.errors import StorageError
from bench.base.files import remove_leftovers
from bench.record.documents import Documents
from bench.record.parquet import write_trials
from bench.record.reading import TrialFiles, read_verified
from bench.record.tables import trials_table
from bench.schema.curves import CURVES_COLUMN
from bench.schema.files import Columns
from bench.schema.folder import curves_in_folder
from bench.schema.local_copy import copy_of
from bench.schema.paths import FAILURES, STACK, file_name
from bench.schema.tasks import task_folder

if TYPE_CHECKING:
    from bench.record.rows import Row


class Store(Documents):
    """The results of one study in `folder`. Nothing is written before the first `prepare`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.trials = folder / schema.TRIALS_FOLDER
        self.curves = folder / schema.CURVES_FOLDER
        self.files = TrialFiles(self.trials)

    def prepare(self) -> None:
        """Make the folders, and remove what a killed runner left half written long ago; raise StorageError.

        In the local copy of a URL, what an earlier run could not upload is uploaded.
        """
        try:
            for directory in (self.trials, self.curves, self.folder):
                directory.mkdir(parents=True, exist_ok=True)
                remove_leftovers(directory)
            if (copy := copy_of(self.folder)) is not None:
                copy.upload_waiting()
        except OSError as error:
            raise StorageError(f"{self.folder}: cannot be written: {error.strerror or error}") from error

    def trial_ids(self) -> list[str]:
        """Return the ids of all trials on disk, in order; raise StorageError where a file is damaged."""
        return sorted(self.statuses())

    def statuses(self) -> Mapping[str, str]:
        """Return how each trial on disk ended, by id; raise StorageError where a file is damaged."""
        self.files.refresh()
        return self.files.statuses

    def table(self, columns: Columns = None) -> pa.Table:
        """Return the row of each trial on disk, `columns` of it; raise StorageError where a file is damaged."""
        return self.files.table(columns)

    def read(self, trial_id: str) -> Row | None:
        """Return the row of a trial, or None where it is not on disk; raise StorageError where it is damaged."""
        for path in self.files.places([trial_id]):
            table = read_verified(path)
            place = table["trial_id"].to_pylist().index(trial_id)
            row = table.slice(place, 1).to_pylist()[0]
            return {name: value for name, value in row.items() if name != CURVES_COLUMN}
        return None

    def write(self, row: Row, curve: list[Row]) -> None:
        """Write one trial; as `write_stack`."""
        self.write_stacks([[(row, curve)]])

    def write_stacks(self, stacks: Sequence[Sequence[tuple[Row, list[Row]]]]) -> None:
        """Write the trials of stacks, each a row and its curve: in one file, but those that failed in one a stack.

        Raises StorageError.

        A file of failures is replaced when the same trials fail again, and removed when none of them is left to do. It
        never takes the place of trials that did not fail, whoever writes what at the same time.
        """
        rows: list[list[Row]] = [[row | {CURVES_COLUMN: curve or None} for row, curve in stack] for stack in stacks]
        done = [row for stack in rows for row in stack if row["status"] != schema.FAILED]
        failed = [[row for row in stack if row["status"] == schema.FAILED] for stack in rows]
        for kind, some in ((STACK, done), *((FAILURES, each) for each in failed)):
            if some:
                path = self.trials / file_name((row["trial_id"] for row in some), kind)
                write_trials(path, trials_table(some))
                self.files.note(path, {row["trial_id"]: row["status"] for row in some})
        self._forget_failures({row["trial_id"] for row in done})

    def _forget_failures(self, done: set[str]) -> None:
        """Remove files of failures all of whose trials are done by now."""
        for path in self.files.with_failures:
            trial_ids = self.files.trials_of[path]
            if done & set(trial_ids) and all(self.files.statuses[each] != schema.FAILED for each in trial_ids):
                self.files.remove([path])

    def replace(self, rows: Iterable[Row]) -> None:
        """Replace the rows of trials on disk, in the files that they are in; curves stay. Raise StorageError."""
        new = {row["trial_id"]: row for row in rows}
        for path, trial_ids in self.files.places(new).items() if new else ():
            changed = {trial_id: new[trial_id] for trial_id in trial_ids}
            kept = [row | changed.get(row["trial_id"], {}) for row in read_verified(path).to_pylist()]
            write_trials(path, trials_table(kept))
            self.files.note(path, {row["trial_id"]: row["status"] for row in kept})

    def curves_of(self, trial_ids: Iterable[str]) -> pa.Table:
        """Return the curves of trials, in the order of `trial_ids`; raise StorageError where one is damaged."""
        return curves_in_folder(self.folder, read_verified, list(trial_ids))


def store_of_task(folder: Path, task: str) -> Store:
    """Return the results of one task in a folder of several; raise StorageError where they cannot be reached."""
    try:
        return Store(task_folder(folder, task))
    except OSError as error:
        raise StorageError(f"{folder}: task {task}: cannot be read: {error.strerror or error}") from error
