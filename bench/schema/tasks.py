"""The results of a study with several tasks: ``tasks.json``, and beside it an ordinary results folder for each task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.schema.documents import read_json, unusable
from bench.schema.local_copy import SHARED, located, shown
from bench.schema.paths import CLAIMS_FOLDER, LOGS_FOLDER, NAME, REPORT_FOLDER, TASKS_FILE
from bench.schema.sealed import UnusableFileError

RESERVED = SHARED | {CLAIMS_FOLDER, LOGS_FOLDER, REPORT_FOLDER}
"""Names in a results folder that no task can have."""


@dataclass(frozen=True)
class Tasks:
    """What ``tasks.json`` holds.

    Parameters
    ----------
    study : str
        The study's name.
    names : tuple of str
        Tasks in the order of the study; each is the name of its folder.
    """

    study: str
    names: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the content of ``tasks.json``."""
        return {"study": self.study, "tasks": list(self.names)}


def read_tasks(folder: Path) -> Tasks | None:
    """Return the tasks of a results folder, None where it is not that of a study with tasks.

    Raises
    ------
    UnusableFileError
        A damaged file, or names that cannot be folders.
    OSError
        A file that cannot be read.
    """
    try:
        document = read_json(folder / TASKS_FILE)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, RecursionError) as error:
        raise UnusableFileError(unusable(folder / TASKS_FILE, error)) from error
    study, names = (document.get("study"), document.get("tasks")) if isinstance(document, Mapping) else (None, None)
    if not (isinstance(study, str) and isinstance(names, list) and names):
        raise UnusableFileError("is damaged: the name of a study and a list of its tasks are expected")
    if wrong := [name for name in names if not is_name(name)]:
        raise UnusableFileError(f"names the task {wrong[0]!r}; letters, digits, - _ and . are allowed")
    if len({name.casefold() for name in names}) < len(names):
        raise UnusableFileError("names a task twice")
    return Tasks(study, tuple(names))


def is_name(name: object) -> bool:
    """Return whether a task may have this name: it is that of a folder beside those that every study has."""
    return isinstance(name, str) and NAME.fullmatch(name) is not None and name.casefold() not in RESERVED


def task_folder(folder: Path, task: str) -> Path:
    """Return the results folder of one task; in the local copy of a URL, up to date. Raise OSError."""
    return located(f"{shown(folder)}/{task}")
