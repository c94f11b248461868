"""Inspect: its logs, ``.eval`` (a zip of JSON) or ``.json``, with the score of each sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.base.errors import TableError
from analysis.importing.inspect_log import Log, log_of
from analysis.importing.items import Documents, Item, content_of
from analysis.importing.names import SEEDS
from analysis.importing.plain_files import below, flat, number
from analysis.importing.runs import FAILED, OK, Logs, Run, Setting
from analysis.tables.names import SEED, last_part

_EPOCH, _TASK = "epoch", "task"
_LETTERS = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0, "yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
"""Correct, incorrect, partial, no answer; and what graders write."""
_MEANS = ("accuracy", "mean")
_SPREADS = ("stderr", "bootstrap_stderr", "std", "var")


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
    stated = any(_seed(log) is not None for log in logs)
    runs = tuple(run for log in logs for run in _runs(log, documents, stated, notes))
    return Logs(
        runs,
        notes=tuple(dict.fromkeys([*notes, *documents.notes])),
        seed=SEED if stated else _EPOCH,
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
    given = {
        "model": log.spec.get("model"),
        _TASK: log.spec.get("task"),
        "solver": log.spec.get("solver"),
        "task_args": log.spec.get("task_args") or {},
        "model_args": log.spec.get("model_args") or {},
        "config": {**(log.spec.get("model_generate_config") or {}), **(log.plan.get("config") or {})},
        "log": log.path.name,
    }
    return {name: value for name, value in flat(log.path, given).items() if value is not None}


def _seed(log: Log) -> Setting:
    """Return the seed that was set, of the model's answers or of the task; None where none was."""
    settings = _settings(log)
    return next((settings[name] for known in SEEDS for name in settings if last_part(name) == known), None)


def _runs(log: Log, documents: Documents, stated: bool, notes: list[str]) -> list[Run]:
    status = str(log.header.get("status") or "started")
    ending = (OK, "") if status == "success" else (FAILED, f"status {status!r}{_why(log)}")
    by_epoch: dict[int, list[Mapping[str, Any]]] = {}
    for sample in log.samples:
        by_epoch.setdefault(int(sample.get("epoch") or 1), []).append(sample)
    several = len(by_epoch) > 1
    unscored = sum(not _scores(sample) for sample in log.samples)
    if unscored and ending[0] == OK:
        notes.append(f"{log.path.name}: {unscored} of {len(log.samples)} samples have no score, and do not count")
    made = []
    for epoch, samples in sorted(by_epoch.items()) or [(1, [])]:
        settings, seed = _settings(log), _seed(log)
        name = f"{log.path.name}, epoch {epoch}" if several else log.path.name
        if stated and seed is not None:
            settings[SEED] = f"{seed} epoch {epoch}" if several else seed
        elif not stated:
            settings[_EPOCH] = epoch
        items = [_item(sample) for sample in sorted(samples, key=lambda each: _in_turn(each.get("id")))]
        examples = documents.examples(str(settings.get(_TASK)), name, items) if ending[0] == OK and items else {}
        made.append(Run(name, settings, _metrics(log, items, several, notes), {}, *ending, examples))
    return made


def _why(log: Log) -> str:
    error = log.header.get("error")
    return f": {str(error.get('message', ''))[:200]}" if isinstance(error, Mapping) else ""


def _in_turn(name: object) -> tuple[int, float, str]:
    """Return numbers by size, then names."""
    found = number(name)
    return (1, 0.0, str(name)) if found is None else (0, float(found), str(name))


def _item(sample: Mapping[str, Any]) -> Item:
    fields = sample.get("metadata")
    content = content_of(sample.get("id"), sample.get("input"), sample.get("target"))
    return Item(content, _scores(sample), fields if isinstance(fields, Mapping) else {})


def _scores(sample: Mapping[str, Any]) -> dict[str, float]:
    """Return the scores of a sample as numbers; of a score with several values each under its own name."""
    found: dict[str, float] = {}
    given = sample.get("scores")
    for scorer, score in given.items() if isinstance(given, Mapping) else ():
        value = score.get("value") if isinstance(score, Mapping) else None
        parts = value if isinstance(value, Mapping) else {"": value}
        for key, part in parts.items():
            as_number = float(part) if isinstance(part, bool) else _LETTERS.get(str(part), number(part))
            if as_number is not None:
                found[f"{scorer}.{key}" if key else scorer] = float(as_number)
    return found


def _metrics(log: Log, items: Sequence[Item], several: bool, notes: list[str]) -> dict[str, float]:
    """Return the metrics of the log; of one epoch of several the means of its own samples."""
    scores = [each for each in (log.header.get("results") or {}).get("scores") or () if isinstance(each, Mapping)]
    found: dict[str, float] = {}
    for score in scores:
        scorer, name = str(score.get("scorer") or ""), str(score.get("name") or "")
        for metric, each in (score.get("metrics") or {}).items():
            shown = metric if len(scores) == 1 else f"{name}.{metric}"
            value = number(each.get("value")) if isinstance(each, Mapping) else None
            if metric in _SPREADS or value is None:
                continue
            if not several:
                found[shown] = value
                continue
            keys = (name, f"{scorer}.{name}")
            values = [value for each in items for key in keys if (value := each.scores.get(key)) is not None]
            if metric in _MEANS and values:
                found[shown] = sum(values) / len(values)
            else:
                notes.append(f"{shown} is over all epochs of {log.path.name}, and left out of each")
    return found
