"""Folders of trials in training: each is a trial's own, and kept until the trial is committed."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from bench.base.errors import StorageError

FOLDER = "unfinished"


def folder_of(results: Path, trial_id: str) -> Path:
    """Return the folder of a trial in a results folder."""
    return (results / FOLDER / trial_id).resolve()


def forget(results: Path, trial_ids: Iterable[str]) -> None:
    """Remove the folders of trials that are committed; raise StorageError where one cannot be."""
    if not (results / FOLDER).is_dir():
        return
    for trial_id in trial_ids:
        own = folder_of(results, trial_id)
        if own.is_dir():
            try:
                shutil.rmtree(own)
            except OSError as error:
                raise StorageError(f"{own}: cannot be removed: {error.strerror or error}") from error
    with contextlib.suppress(OSError):  # the folder of another trial is there
        (results / FOLDER).rmdir()
