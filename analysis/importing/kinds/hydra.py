"""Hydra: the jobs of ``multirun/`` or ``outputs/``: ``.hydra/config.yaml`` and, beside it, a file of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.base.errors import TableError
from analysis.importing.metrics import EPOCH, in_course, numbers_in
from analysis.importing.plain_files import ending, flat, json_of, lying, rows_of, yaml_of
from analysis.importing.runs import FAILED, Logs, Run

_CONFIG = ".hydra/config.yaml"
_STEMS = ("results", "metrics", "result", "scores")
_RESULTS = tuple(f"{stem}.{end}" for end in ("json", "csv") for stem in _STEMS)
"""The first that lies in a job's folder is taken; else the only .json or .csv in it."""


def read(paths: Sequence[Path]) -> Logs:
    """Read the jobs below folders; raise TableError where there is none."""
    jobs = [(folder, path) for path in paths for folder in _jobs(path)]
    taken = {folder: _results_of(folder) for folder, _ in jobs}
    names = list(dict.fromkeys(file.name for file in taken.values() if file is not None))
    notes: list[str] = []
    runs = tuple(_run(folder, above, taken[folder], notes) for folder, above in jobs)
    return Logs(
        runs,
        states_its_end=False,
        notes=(
            f"results are those of {' and '.join(names) or 'no file'} in the folder of each job",
            *dict.fromkeys(notes),
        ),
    )


def _jobs(path: Path) -> list[Path]:
    found = sorted((config.parent.parent for config in path.rglob(_CONFIG)), key=_in_turn) if path.is_dir() else []
    if not found:
        raise TableError(path, [f"has no {_CONFIG} in it; expected multirun/DATE/TIME/N/{_CONFIG}"])
    return found


def _in_turn(folder: Path) -> tuple[str, int]:
    """Return job 10 after job 9."""
    return (str(folder.parent), int(folder.name)) if folder.name.isdigit() else (str(folder), -1)


def _results_of(folder: Path) -> Path | None:
    """Return the file of results of a job, None where it left none; raise TableError where there are several."""
    for name in _RESULTS:
        if (file := lying(folder, name)) is not None:
            return file
    rest = sorted(file for file in folder.iterdir() if ending(file) in (".json", ".csv"))
    if len(rest) > 1:
        raise TableError(
            folder, [f"which file has the results? {', '.join(file.name for file in rest)}; call it {_RESULTS[0]}"]
        )
    return rest[0] if rest else None


def _run(folder: Path, above: Path, results: Path | None, notes: list[str]) -> Run:
    name = folder.relative_to(above).as_posix() if folder != above else folder.name
    settings = flat(folder / _CONFIG, yaml_of(folder / _CONFIG))
    if results is None:
        return Run(name, settings, status=FAILED, error="it left no file of results")
    rows = [numbers_in(each) for each in _rows(results, notes)]
    if len(rows) == 1:
        return Run(name, settings, rows[0])
    histories = in_course(rows, EPOCH)
    return Run(name, settings, {metric: course[-1][1] for metric, course in histories.items()}, histories)


def _rows(results: Path, notes: list[str]) -> list[Mapping[str, Any]]:
    """Return the results: one mapping, or one an epoch."""
    if ending(results) == ".csv":
        return [{key: cell for key, cell in row.items() if cell} for row in rows_of(results, notes)]
    found = json_of(results)
    rows = found if isinstance(found, list) else [found]
    if not rows or not all(isinstance(row, Mapping) for row in rows):
        raise TableError(results, ["holds no names with values, nor a list of such"])
    return [flat(results, row) for row in rows]
