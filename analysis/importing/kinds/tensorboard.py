"""TensorBoard: scalars of event files, one folder a run, with its hyperparameters or those in the folder's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from analysis.base.errors import TableError
from analysis.importing.event_files import Events, take
from analysis.importing.from_path import settings_of
from analysis.importing.plain_files import flat, yaml_of
from analysis.importing.runs import FAILED, OK, Logs, Run

_EVENTS = "*tfevents*"
_PARTS = ("train", "training", "validation", "valid", "val", "test", "eval")
"""Folders of one run, as Keras names them: their tags have the folder in front."""
_OF_HYPERPARAMETERS = re.compile(r"\d+\.\d+")
"""A folder that ``add_hparams`` makes within a run."""


def read(paths: Sequence[Path]) -> Logs:
    """Read the folders of runs; raise TableError where there is none."""
    notes: list[str] = []
    runs = tuple(run for path in paths for run in _below(path, notes))
    return Logs(runs, states_its_end=False, notes=tuple(notes))


def _below(path: Path, notes: list[str]) -> list[Run]:
    files = sorted(path.rglob(_EVENTS)) if path.is_dir() else [path]
    if not files:
        raise TableError(path, ["has no event file (*tfevents*) in it"])
    homes: dict[Path, list[tuple[Path, str]]] = {}
    for file in files:
        folder, prefix = file.parent, ""
        if folder != path and (folder.name.lower() in _PARTS or _OF_HYPERPARAMETERS.fullmatch(folder.name)):
            prefix = "" if _OF_HYPERPARAMETERS.fullmatch(folder.name) else f"{folder.name}/"
            folder = folder.parent
        homes.setdefault(folder, []).append((file, prefix))
    above = path if path.is_dir() else path.parent
    return [_run(folder, above, mine, notes) for folder, mine in sorted(homes.items())]


def _run(folder: Path, above: Path, files: Sequence[tuple[Path, str]], notes: list[str]) -> Run:
    events = Events()
    name = folder.relative_to(above).as_posix() if folder != above else folder.name
    folders: set[Path] = set()
    for file, prefix in files:
        take(file, events, prefix, again=file.parent in folders)
        folders.add(file.parent)
    if events.restarted:
        notes.append(f"{name}: its event files overlap, as those of a run that was started again: the later one counts")
    more = folder / "hparams.yaml"  # Lightning's logger writes it beside
    settings = events.settings or (flat(more, yaml_of(more)) if more.exists() else {}) or settings_of(folder, above)
    histories = {tag: tuple(sorted(course.items())) for tag, course in events.scalars.items()}
    return Run(
        name,
        settings,
        {tag: course[-1][1] for tag, course in histories.items()},
        histories,
        FAILED if events.failed else OK,
        "its session says that it failed" if events.failed else "",
    )
