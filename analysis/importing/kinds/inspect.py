"""Inspect: its logs, ``.eval`` (a zip of JSON) or ``.json``, with the score of each sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.base.errors import TableError
from analysis.importing.inspect_log import Log, log_of
from analysis.importing.inspect_scores import is_unscored, items_of, metrics_of
from analysis.importing.items import Documents
from analysis.importing.names import SEEDS
from analysis.importing.plain_files import below, flat, number
from analysis.importing.runs import FAILED, OK, Logs, Run, Setting
from analysis.tables.names import SEED, last_part

_EPOCH, _TASK, _LIMIT = "epoch", "task", "_limit"


def read(paths: Sequence[Path]) -> Logs:
    """Read logs, and those below folders.

    A log of several epochs is a run for each: every sample once. The epoch is the seed where no log has one.

    Raises
    ------
    TableError
        No log, or one that cannot be read.
    """
    notes: list[str] = []
    logs = [log for path in paths for log in _below(path, notes)]
    documents = Documents()
    seed = _seed_name(logs)
    runs = tuple(run for log in logs for run in _runs(log, documents, seed, notes))
    return Logs(
        runs,
        notes=tuple(dict.fromkeys([*notes, *documents.notes])),
        seed=SEED if seed else _EPOCH,
        task=_TASK,
    )


def _below(path: Path, notes: list[str]) -> list[Log]:
    if not path.is_dir():
        log = log_of(path)
        if log is None:
            raise TableError(path, ["is no log of Inspect: it has no 'eval' with a model and a task"])
        return [log]
    files = sorted(each for end in ("*.eval", "*.json") for each in below(path, end))
    found = {file: log_of(file) for file in files}
    if other := [file.name for file, log in found.items() if log is None]:
        notes.append(f"no logs of Inspect, and left out: {', '.join(other[:4])}{' ...' if len(other) > 4 else ''}")
    logs = [log for log in found.values() if log is not None]
    if not logs:
        raise TableError(path, ["has no log of Inspect in it (*.eval, *.json)"])
    return logs


def _settings(log: Log) -> dict[str, Setting]:
    limits = {name: value for name, value in (log.spec.get("config") or {}).items() if name.endswith(_LIMIT)}
    given = {
        "model": log.spec.get("model"),
        _TASK: log.spec.get("task"),
        "solver": log.spec.get("solver"),
        "task_args": log.spec.get("task_args") or {},
        "solver_args": log.spec.get("solver_args") or {},
        "model_args": log.spec.get("model_args") or {},
        "model_roles": log.spec.get("model_roles") or {},
        "config": {**(log.spec.get("model_generate_config") or {}), **(log.plan.get("config") or {})},
        **limits,
        **{name: log.header.get(name) or log.spec.get(name) or None for name in ("tags", "metadata")},
        "log": log.path.name,
    }
    return {name: value for name, value in flat(log.path, given).items() if value is not None}


def _seed_name(logs: Sequence[Log]) -> str | None:
    """Return the setting that is the seed, of the model's answers or of the task: of several the one that varies."""
    settings = [_settings(log) for log in logs]
    for known in SEEDS:
        among = list(dict.fromkeys(name for each in settings for name in each if last_part(name) == known))
        varying = [name for name in among if len({each.get(name) for each in settings}) > 1]
        if among:
            return (varying or among)[0]
    return None


def _runs(log: Log, documents: Documents, seed_name: str | None, notes: list[str]) -> list[Run]:
    status = str(log.header.get("status") or "started")
    ending = (OK, "") if status == "success" else (FAILED, f"status {status!r}{_why(log)}")
    by_epoch: dict[int, list[Mapping[str, Any]]] = {}
    for sample in log.samples:
        by_epoch.setdefault(int(sample.get("epoch") or 1), []).append(sample)
    notes += _of_samples(log) if ending[0] == OK else []
    several = len(by_epoch) > 1
    epochs = {epoch: items_of(samples) for epoch, samples in sorted(by_epoch.items())} or {1: []}
    made = []
    for (epoch, items), metrics in zip(epochs.items(), metrics_of(log, [*epochs.values()], notes), strict=True):
        settings = _settings(log)
        seed = settings.get(seed_name) if seed_name else None
        name = f"{log.path.name}, epoch {epoch}" if several else log.path.name
        if seed is not None:
            settings[SEED] = f"{seed} epoch {epoch}" if several else seed
        elif seed_name is None:
            settings[_EPOCH] = epoch
        examples = documents.examples(str(settings.get(_TASK)), name, items) if ending[0] == OK and items else {}
        made.append(Run(name, settings, metrics, {}, *ending, examples))
    return made


def _of_samples(log: Log) -> list[str]:
    """Return what to know of the samples of a log: those that are not there, and those without a score."""
    if not log.samples:
        epochs = number((log.spec.get("config") or {}).get("epochs"))
        over = f"; its metrics are over its {epochs} epochs" if epochs and epochs > 1 else ""
        return [f"{log.path.name} was written without samples, so that it has no test_bits{over}"]
    unscored = sum(map(is_unscored, log.samples))
    return [f"{log.path.name}: {unscored} of {len(log.samples)} samples have no score, and do not count"] * bool(
        unscored
    )


def _why(log: Log) -> str:
    error = log.header.get("error")
    return f": {str(error.get('message', ''))[:200]}" if isinstance(error, Mapping) else ""
