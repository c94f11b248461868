"""What of a study goes into a folder of its own: each of its tasks, or the whole of one without tasks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.record.store import Store, store_of_task
from bench.study.study import Study
from bench.study.tasks import TaskStudy


@dataclass(frozen=True)
class Part:
    """A study and its results; with several tasks, one of them."""

    study: Study
    store: Store
    task: str | None = None

    @property
    def heading(self) -> str | None:
        """A line that says which task is meant, None where there is one alone."""
        return None if self.task is None else f"task {self.task}"


def parts(study: Study | TaskStudy, folder: Path) -> list[Part]:
    """Return the parts of a study whose results go to `folder`; raise StorageError where it cannot be read."""
    if isinstance(study, Study):
        return [Part(study, Store(folder))]
    return [Part(each, store_of_task(folder, name), name) for name, each in study.tasks.items()]
