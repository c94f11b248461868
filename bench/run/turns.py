"""The parts of a study begun together, once all of them are checked, and run one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bench.base.errors import StorageError
from bench.data import fetch
from bench.record.documents import Documents
from bench.run.executors import executor_of
from bench.run.parts import Part, parts
from bench.run.runner import Run, keep_code
from bench.run.standing import present_targets
from bench.schema.tasks import Tasks
from bench.study.study import Study
from bench.study.tasks import TaskStudy


def begin(study: Study | TaskStudy, folder: Path, device: str, supersede: bool) -> None:
    """Write which tasks a study has, and the whole study, once everything is checked for all of them.

    Of a study without tasks nothing is written. Raises as `Run.check` does.
    """
    if isinstance(study, Study):
        return
    found, documents = parts(study, folder), Documents(folder)
    _check_is_of(documents, study)
    targets = [present_targets(part.study, device) for part in found]
    for name in dict.fromkeys(recipe.data for part in found for recipe in part.study.recipes()[:1]):
        fetch(name)
    for part, theirs in zip(found, targets, strict=True):
        Run(part.study, part.store, executor_of("serial"), 1, supersede).check(theirs)
    for part in found:
        keep_code(documents, part.study)
    documents.write_tasks(Tasks(study.name, tuple(study.tasks)), study.to_toml())


def _check_is_of(documents: Documents, study: TaskStudy) -> None:
    """Raise StorageError where a folder holds the results of another study, or of one without tasks."""
    plan, tasks = documents.plan(), documents.tasks()
    held = f'study "{plan["study"]}", which has no tasks' if plan else f'study "{tasks.study}"' if tasks else None
    if held and (plan or (tasks and tasks.study != study.name)):
        raise StorageError(f'{documents.folder}: holds {held}, not the tasks of "{study.name}". Give another --out.')


def in_turn(found: Sequence[Part], run: Callable[[Part, bool], bool]) -> None:
    """Run each part; what other runners are at is waited for when nothing else is left to do.

    `run` takes a part, and whether to wait; it returns whether some of it was left to another runner.
    """
    left = [part for part in found if run(part, False)] if len(found) > 1 else found
    for part in left:
        run(part, True)
