"""Weights & Biases: the runs table as CSV, and the files of offline runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.base.errors import TableError
from analysis.importing.metrics import are_metrics, in_course, numbers_in
from analysis.importing.plain_files import ending, flat, json_of, number, rows_of, yaml_of
from analysis.importing.printed import mapping_in
from analysis.importing.runs import FAILED, OK, Logs, Run, Setting
from analysis.importing.wandb_log import Logged, logged

_ABOUT_THE_RUN = frozenset({
    "Name", "State", "Notes", "User", "Tags", "Created", "Updated", "Runtime", "ID", "Run ID", "Sweep Name",
    "Start Time", "End Time", "Hostname", "Description", "Commit", "GPU Type", "GPU Count", "Python Version",
})  # fmt: skip
_GROUPS = {"Group": "group", "Job Type": "job_type", "Sweep": "sweep"}
_PRINTED = {"config", "summary"}
_CONFIG, _SUMMARY = "files/config.yaml", "files/wandb-summary.json"


def read(paths: Sequence[Path]) -> Logs:
    """Read exports and offline runs.

    Raises
    ------
    TableError
        No runs, or a file that is neither.
    """
    runs: list[Run] = []
    notes: list[str] = []
    logs: dict[str, list[Logged]] = {}
    for path in (each for given in paths for each in _sources(given)):
        if ending(path) == ".wandb":
            found = logged(path)
            logs.setdefault(found.run_id or path.stem, []).append(found)
        elif path.is_dir():
            runs.append(_of_summary(path))
            notes.append(f"{path.name} has no run-*.wandb: its summary is read, which does not say whether it crashed")
        else:
            runs += _of_table(path, notes)
    in_turn = sorted(logs.values(), key=lambda parts: min(part.started for part in parts))
    runs += [_of_logs(sorted(parts, key=lambda part: part.started), notes) for parts in in_turn]
    return Logs(tuple(runs), notes=tuple(dict.fromkeys(notes)))


def _sources(path: Path) -> list[Path]:
    """Return the files to read, and folders of runs whose log is gone."""
    if not path.is_dir():
        if ending(path) not in (".csv", ".wandb"):
            raise TableError(path, ["is neither an exported .csv, nor a run-*.wandb, nor a folder of runs"])
        return [path]
    logs = {file.resolve(): file for file in sorted(path.rglob("run-*.wandb"))}
    rest = [
        each.parent.parent for each in sorted(path.rglob(_SUMMARY)) if not [*each.parent.parent.glob("run-*.wandb")]
    ]
    if not logs and not rest:
        raise TableError(path, ["has no run-*.wandb in it; expected wandb/ or wandb/offline-run-*/"])
    return [*logs.values(), *rest]


def _of_logs(parts: list[Logged], notes: list[str]) -> Run:
    """Return the run of a log; one that was resumed has several, in order."""
    last = parts[-1]
    config: dict[str, Any] = {}
    summary: dict[str, Any] = {}
    for part in parts:
        config |= part.config
        summary |= part.summary
    name = last.name or last.run_id
    if len(parts) > 1:
        notes.append(f"{name} was resumed: its {len(parts)} logs are one run")
    settings = _settings(last.path, config)
    about = {"group": last.group, "job_type": last.job_type, "project": last.project, "sweep": last.sweep}
    settings = {key: value for key, value in about.items() if value} | settings
    metrics = _metrics(last.path, summary)
    histories = in_course([_metrics(last.path, row, keep="_step") for part in parts for row in part.history], "_step")
    for metric, course in histories.items():
        if metric in metrics and metrics[metric] != course[-1][1] and math.isfinite(course[-1][1]):
            notes.append(f"{metric}: the summary of a run is not its last value; the summary is taken")
        metrics.setdefault(metric, course[-1][1])
    failed = "" if last.exit_code == 0 else f"exit code {last.exit_code}"
    if last.exit_code is None:
        failed = "its log has no end: it was killed, or is still running"
    return Run(name, settings, metrics, histories, FAILED if failed else OK, failed)


def _of_summary(folder: Path) -> Run:
    config = yaml_of(folder / _CONFIG) if (folder / _CONFIG).exists() else {}
    plain = {key: each.get("value") if isinstance(each, Mapping) else each for key, each in config.items()}
    summary = json_of(folder / _SUMMARY)
    if not isinstance(summary, Mapping):
        raise TableError(folder / _SUMMARY, ["holds no names with values"])
    return Run(folder.name, _settings(folder, plain), _metrics(folder, summary))


def _settings(path: Path, config: Mapping[str, Any]) -> dict[str, Setting]:
    return flat(path, {key: value for key, value in config.items() if key not in ("_wandb", "wandb_version")})


def _metrics(path: Path, values: Mapping[str, Any], keep: str = "") -> dict[str, float]:
    """Return what is a number; not wandb's own keys, nor pictures and tables."""
    plain = {
        key: value
        for key, value in values.items()
        if (key == keep or not key.startswith("_")) and not (isinstance(value, Mapping) and "_type" in value)
    }
    return numbers_in(flat(path, plain))


def _of_table(path: Path, notes: list[str]) -> Iterator[Run]:
    """Return the runs of an exported table, in which settings and metrics stand side by side."""
    rows = rows_of(path, notes)
    if rows and {*rows[0]} >= _PRINTED:
        yield from _of_printed(path, rows, notes)
        return
    names = [name for name in rows[0] if name not in _ABOUT_THE_RUN and not name.startswith("_")] if rows else []
    if not names:
        raise TableError(path, ["has no run with a setting or metric; expected the runs table of a project"])
    if "State" not in rows[0]:
        notes.append(f"{path.name} has no column State: which runs crashed is not known")
    metrics = are_metrics({name: [row[name] for row in rows] for name in names if name not in _GROUPS})
    for i, row in enumerate(rows, 1):
        state = row.get("State", "finished").strip().lower()
        settings = {_GROUPS.get(name, name): row[name] for name in names if name not in metrics and row[name] != ""}
        numbers = {name: found for name in metrics if (found := number(row[name])) is not None}
        yield _ended(Run(row.get("Name") or f"{path.name}, row {i}", settings, numbers), state)


def _of_printed(path: Path, rows: Sequence[Mapping[str, str]], notes: list[str]) -> Iterator[Run]:
    """Return the runs of a table that a script has made of `wandb.Api`, config and summary printed as dictionaries."""
    states = {name.lower(): name for name in rows[0]}
    if "state" not in states:
        notes.append(f"{path.name} has no column state: which runs crashed is not known")
    for i, row in enumerate(rows, 1):
        parts = {name: mapping_in(row[name].strip() or "{}") for name in _PRINTED}
        if broken := [name for name, part in parts.items() if part is None]:
            raise TableError(path, [f"row {i}: {broken[0]} is no dictionary: {row[broken[0]][:60]!r}"])
        state = row[states["state"]].strip().lower() if "state" in states else "finished"
        name = row.get(states.get("name", ""), "") or f"{path.name}, row {i}"
        settings, metrics = _settings(path, parts["config"] or {}), _metrics(path, parts["summary"] or {})
        yield _ended(Run(name, settings, metrics), state)


def _ended(run: Run, state: str) -> Run:
    """Return a run with the ending that its state says."""
    return run if state == "finished" else replace(run, status=FAILED, error=f"state {state!r}")
