"""What a results folder says of itself: the plan, the study, what computed, and copies of its user's own code."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import schema
from bench.base.errors import StorageError
from bench.base.files import write_atomically
from bench.schema import Arithmetic
from bench.schema.documents import (
    UNREADABLE,
    read_environment,
    read_json,
    read_log,
    read_toml,
    sealed_json,
    sealed_toml,
    unusable,
)
from bench.schema.paths import TASKS_FILE
from bench.schema.sealed import UnusableFileError
from bench.schema.tasks import Tasks, read_tasks

PLANNED = {"trial_id", "condition", "seed", "device", "precision"}
"""What plan.json says of each trial."""


class Documents:
    """The documents of the results folder `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plan(self) -> dict[str, Any] | None:
        """Return the present plan, or None where the folder has none; raise StorageError where it is damaged."""
        path = self.folder / schema.PLAN_FILE
        try:
            plan = read_json(path)
        except FileNotFoundError:
            return None
        except UNREADABLE as error:
            raise StorageError(f"{path}: {unusable(path, error)}") from error
        trials = plan.get("trials") if isinstance(plan, dict) and isinstance(plan.get("study"), str) else None
        if not isinstance(trials, list) or not all(isinstance(t, dict) and t.keys() >= PLANNED for t in trials):
            expected = ValueError(f"a study's name and its trials ({', '.join(sorted(PLANNED))}) are expected")
            raise StorageError(f"{path}: {unusable(path, expected)}")
        return plan

    def tasks(self) -> Tasks | None:
        """Return the tasks whose folders lie in this one, None where it has no tasks; raise StorageError."""
        try:
            return read_tasks(self.folder)
        except (UnusableFileError, OSError) as error:
            raise StorageError(f"{self.folder / TASKS_FILE}: {error}") from error

    def write_tasks(self, tasks: Tasks, study: str) -> None:
        """Write which tasks have a folder here, and the resolved study of all."""
        write_atomically(self.folder / schema.STUDY_FILE, sealed_toml(study))
        write_atomically(self.folder / TASKS_FILE, sealed_json(json.dumps(tasks.document(), indent=1)))

    def rehearsal(self) -> dict[str, Any] | None:
        """Return what the last rehearsal showed, None where there was none or its file is damaged: it is made again."""
        try:
            found = read_json(self.folder / schema.REHEARSAL_FILE)
        except UNREADABLE:
            return None
        return found if isinstance(found, dict) else None

    def write_rehearsal(self, document: dict[str, Any]) -> None:
        """Write what a rehearsal showed."""
        write_atomically(self.folder / schema.REHEARSAL_FILE, sealed_json(json.dumps(document, indent=1)))

    def made_with(self) -> dict[str, Arithmetic]:
        """Return what each environment of the folder computed with, by id; raise StorageError where one is damaged."""
        found = {}
        for path in sorted((self.folder / schema.ENVIRONMENT_FOLDER).glob("*.json")):
            try:
                found[path.stem] = schema.arithmetic(read_environment(path))
            except (*UNREADABLE, AttributeError, TypeError) as error:
                raise StorageError(f"{path}: {unusable(path, error)}") from error
        return found

    def study_document(self) -> dict[str, Any]:
        """Return the resolved study of the present plan, empty where there is none; raise StorageError."""
        path = self.folder / schema.STUDY_FILE
        try:
            return read_toml(path)
        except FileNotFoundError:
            return {}
        except UNREADABLE as error:
            raise StorageError(f"{path}: {unusable(path, error)}") from error

    def write_plan(self, plan: dict[str, Any], study: str, trials_done: int) -> None:
        """Write the plan and the resolved study; log the plan of analysis unless it is the last one logged.

        Plans are compared with defaults filled in: a key that was added since, at null, is no change.
        """
        log, (logged, last) = self.folder / schema.PLANS_LOG, self._last_plan()
        write_atomically(self.folder / schema.STUDY_FILE, sealed_toml(study))
        if _given(last.get("analysis", {})) != _given(plan["analysis"]):
            entry = {
                "time": datetime.now(UTC).isoformat(timespec="seconds"),
                "analysis_hash": plan["analysis_hash"],
                "trials_done": trials_done,
                "analysis": plan["analysis"],
            }
            write_atomically(log, logged + sealed_json(json.dumps(entry)) + b"\n")
        write_atomically(self.folder / schema.PLAN_FILE, sealed_json(_plan_text(plan)))

    def _last_plan(self) -> tuple[bytes, dict[str, Any]]:
        """Return the log of plans, and its last entry; raise StorageError where that is damaged."""
        log = self.folder / schema.PLANS_LOG
        try:
            logged = log.read_bytes() if log.exists() else b""
            last = next(reversed(read_log(log)), {})
        except UNREADABLE as error:
            raise StorageError(f"{log}: {unusable(log, error)}") from error
        if not isinstance(last, dict) or not isinstance(last.get("analysis", {}), dict):
            raise StorageError(f"{log}: {unusable(log, ValueError('its last line is no plan of analysis'))}")
        return logged, last

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


def _plan_text(plan: dict[str, Any]) -> str:
    """Return a plan as JSON, with a trial a line: there may be very many, and indented they take ten times as long."""
    head = json.dumps({key: value for key, value in plan.items() if key != "trials"}, indent=1).removesuffix("\n}")
    trials = ",\n  ".join(map(json.dumps, plan["trials"]))
    return f'{head},\n "trials": [\n  {trials}\n ]\n}}'


def _given(analysis: dict[str, Any]) -> dict[str, Any]:
    """Return a plan of analysis without what is null or empty, which is how every key is by default."""
    return {key: value for key, value in analysis.items() if value is not None and value != {}}
