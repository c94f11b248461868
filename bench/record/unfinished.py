"""Folders of trials in training: each is a trial's own, and kept until the trial is committed."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from bench.base.errors import StorageError

FOLDER = "unfinished"


def folder_of(results: Path, trial_id: str) -> Path:
    """Return the folder of a trial in a results folder."""
    return (results / FOLDER / trial_id).resolve()


def forget(results: Path, trial_id: str) -> None:
    """Remove the folder of a trial that is committed; raise StorageError where it cannot be."""
    own = folder_of(results, trial_id)
    if not own.is_dir():
        return
    try:
        shutil.rmtree(own)
    except OSError as error:
        raise StorageError(f"{own}: cannot be removed: {error.strerror or error}") from error
    with contextlib.suppress(OSError):  # the folder of another trial is there
        own.parent.rmdir()
