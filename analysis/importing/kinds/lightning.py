"""PyTorch Lightning: ``metrics.csv`` and ``hparams.yaml`` of its CSVLogger, one folder a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analysis.base.errors import TableError
from analysis.importing.from_path import settings_of
from analysis.importing.metrics import in_course, numbers_in
from analysis.importing.names import SEEDS
from analysis.importing.plain_files import below, flat, lying, rows_of, yaml_of
from analysis.importing.runs import FAILED, Logs, Run
from analysis.tables.names import last_part

_METRICS, _SETTINGS = "metrics.csv", "hparams.yaml"


def read(paths: Sequence[Path]) -> Logs:
    """Read the folders of runs; raise TableError where there is none."""
    notes: list[str] = []
    runs = tuple(run for path in paths for run in _below(path, notes))
    return Logs(runs, states_its_end=False, notes=tuple(dict.fromkeys(notes)))


def _below(path: Path, notes: list[str]) -> list[Run]:
    if not path.is_dir():
        raise TableError(path, [f"is no folder; expected lightning_logs/, or one with {_METRICS} in it"])
    folders = sorted({file.parent for name in (_METRICS, _SETTINGS) for file in below(path, name)}, key=_in_turn)
    if not folders:
        raise TableError(path, [f"has no {_METRICS} in it; expected lightning_logs/version_N/{_METRICS}"])
    return [_run(folder, path, notes) for folder in folders]


def _in_turn(folder: Path) -> tuple[str, int, str]:
    """Return version_10 after version_9."""
    head, _, number = folder.name.rpartition("_")
    return (str(folder.parent), int(number), head) if number.isdigit() else (str(folder.parent), -1, folder.name)


def _run(folder: Path, above: Path, notes: list[str]) -> Run:
    name = folder.relative_to(above).as_posix() if folder != above else folder.name
    given, logged = lying(folder, _SETTINGS), lying(folder, _METRICS)
    settings = {} if given is None else flat(given, yaml_of(given))
    if not any(last_part(name) in SEEDS for name in settings):
        settings = settings_of(folder, above) | settings
    if logged is None or not logged.stat().st_size:
        return Run(name, settings, status=FAILED, error=f"it has no {_METRICS}")
    rows = [numbers_in({name: cell for name, cell in row.items() if cell}) for row in rows_of(logged, notes)]
    histories = in_course(rows, "step")
    return Run(name, settings, {metric: course[-1][1] for metric, course in histories.items()}, histories)
