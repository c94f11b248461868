"""Claims on trials, so that several runners on one folder share the work."""

from __future__ import annotations

import errno
import fcntl
from collections.abc import Iterable
from pathlib import Path

from bench.base.errors import StorageError


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


def _offset(trial_id: str) -> int:
    return int(trial_id, 16) >> 2
