"""A study on several tasks: data, model and training of each, the conditions, seeds and analysis of all."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from bench.base.errors import StudyError
from bench.record.trials import Recipe
from bench.schema.tasks import RESERVED, is_name
from bench.study import fields
from bench.study.analysis_plan import AnalysisPlan
from bench.study.fields import Faults, Field, show
from bench.study.finding import find_study, read_document
from bench.study.keys import TOP_LEVEL
from bench.study.study import Study, checked, read_study

KEY = "tasks"
OF_TASK = ("data", "model", "training")
OF_OWN_TASK = ("experiment", "settings")
"""Sections that a task of own training code has instead."""
SHARED = ("trials", "conditions", "grid")
NAMED = Field(fields.name, "a name of letters, digits, - _ and .")


@dataclass(frozen=True)
class TaskStudy:
    """A valid study on several tasks, each of them a study under the same name."""

    name: str
    tasks: Mapping[str, Study]
    """By name, in the order of the file."""
    shared: Mapping[str, Any]
    """Conditions, grid and trials as given: what a task makes of them depends on its layers and devices."""

    @classmethod
    def load(cls, name_or_path: Path | str) -> TaskStudy:
        """Return the study of a file, or one that ships by its name; raise StudyError with every fault in it."""
        path = find_study(str(name_or_path))
        found = load(path)
        if isinstance(found, Study):
            raise StudyError(f"{path}: has no [[tasks]]; bench.Study.load reads it")
        return found

    @property
    def analysis(self) -> AnalysisPlan:
        """The plan of analysis, the same for every task."""
        return next(iter(self.tasks.values())).analysis

    def document(self) -> dict[str, Any]:
        """Return the resolved study as a study file has it; reading it gives this study again."""
        own = {name: study.document() for name, study in self.tasks.items()}
        first = next(iter(own.values()))
        sections = (*OF_TASK, *OF_OWN_TASK)
        return {
            **{key: value for key, value in first.items() if key not in sections},
            **self.shared,
            KEY: [{"name": name} | {key: each[key] for key in sections if key in each} for name, each in own.items()],
        }

    def to_toml(self) -> str:
        """Return the resolved study as TOML."""
        return tomli_w.dumps(self.document())


def load(path: Path) -> Study | TaskStudy:
    """Read and check a study file, whether it has tasks or not; raise StudyError with every fault in it."""
    document = read_document(path)
    return read_tasks(document, str(path)) if KEY in document else read_study(document, str(path))


def read_tasks(document: dict[str, Any], file: str) -> TaskStudy:
    """Check a study on several tasks as parsed from TOML; raise StudyError with every fault, each naming its task."""
    faults = Faults(file)
    shared = {key: value for key, value in document.items() if key != KEY}
    own = OF_OWN_TASK if "experiment" in document or _any_has(document[KEY], "experiment") else OF_TASK
    tasks = _named(document[KEY], own, faults)
    read, theirs = {}, {}
    for name, sections in tasks.items():
        theirs[name] = Faults(file)
        read[name] = checked(_merged(shared, sections), theirs[name])
    _note(theirs, faults)
    studies = {name: study for name, study in read.items() if study is not None}
    for fault in _mixed_up(studies):
        faults.add(*fault)
    if faults.found:
        raise StudyError("\n".join(faults.found))
    return TaskStudy(document["name"], studies, {key: document[key] for key in SHARED if key in document})


def _any_has(tasks: Any, key: str) -> bool:
    return isinstance(tasks, list) and any(isinstance(each, dict) and key in each for each in tasks)


def _named(tasks: Any, own: tuple[str, ...], faults: Faults) -> dict[str, dict[str, Any]]:
    """Return what each task has of its own, by name; one without a name that can be used has a number instead."""
    if not isinstance(tasks, list):
        faults.add("[[tasks]]", f"{show(tasks)} was given; a list of tables is expected")
        return {}
    if len(tasks) < 2:
        faults.add(
            "[[tasks]]", f"{len(tasks)} was given; at least two are expected: one task is a study without [[tasks]]"
        )
    found: dict[str, dict[str, Any]] = {}
    folders = Counter(
        name.casefold() for each in tasks if isinstance(each, dict) and isinstance(name := each.get("name"), str)
    )
    for number, table in enumerate(tasks, 1):
        where = f"[[tasks]] {number}"
        if not isinstance(table, dict):
            faults.add(where, f"{show(table)} was given; a table is expected")
            continue
        name = faults.value(where, "name", table, NAMED)
        if name is not None and not is_name(name):
            faults.add(f"{where} name", f"{show(name)} was given; it is what a results folder has already "
                       f"({', '.join(sorted(RESERVED))}): give another")  # fmt: skip
        elif name is not None and folders[name.casefold()] > 1:
            faults.add(f"{where} name", f"{show(name)} is the name of several tasks; each needs a folder of its own")
            name = None
        for key in (key for key in table if key not in ("name", *own)):
            _note_key(where if name is None else f'task "{name}":', key, own, faults)
        found[name or f"#{number}"] = {key: value for key, value in table.items() if key in own}
    return found


def _note_key(where: str, key: str, own: tuple[str, ...], faults: Faults) -> None:
    if key in TOP_LEVEL and key not in OF_TASK:
        faults.add(f"{where} {key}", "is what all tasks share: it stands before them, outside [[tasks]]")
    else:
        faults.unknown(where, key, ["name", *own])


def _merged(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the study of one task: the shared sections, its own keys before them."""
    both = {key for key in own if isinstance(own[key], dict) and isinstance(shared.get(key), dict)}
    return {**shared, **own, **{key: shared[key] | own[key] for key in both}}


def _note(theirs: Mapping[str, Faults], faults: Faults) -> None:
    """Note the faults of each task; those that all have in common once."""
    of_each = {name: [fault.removeprefix(f"{faults.file}: ") for fault in each.found] for name, each in theirs.items()}
    common = [fault for fault in next(iter(of_each.values()), []) if all(fault in each for each in of_each.values())]
    for fault in dict.fromkeys(common):
        faults.add("every task" if len(of_each) > 1 else "its task", fault)
    for name, each in of_each.items():
        for fault in each:
            if fault not in common:
                faults.add(f'task "{name}"', fault)


def _mixed_up(studies: Mapping[str, Study]) -> Iterator[tuple[str, str]]:
    """Yield where and why two tasks cannot be told apart: the same trials, or data of one name at two places."""
    for (one, first), (other, second) in itertools.combinations(studies.items(), 2):
        if first == second:
            yield f'task "{other}"', f'same data, model and training as "{one}"; each trial would run twice'
        elif (
            isinstance(first.recipe, Recipe)
            and isinstance(second.recipe, Recipe)
            and first.recipe.data == second.recipe.data
            and first.own.data != second.own.data
        ):
            yield (
                f'task "{other}": [data] name',
                f'"{second.recipe.data}" is of other data in "{one}"; give each path a name of its own',
            )
