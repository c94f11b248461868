"""lm-evaluation-harness: ``results_*.json``, and with ``--log_samples`` which documents a model got right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.base.errors import TableError
from analysis.importing.items import Documents, Item
from analysis.importing.metrics import numbers_in
from analysis.importing.plain_files import PACKED, below, flat, json_of, lying, text_of
from analysis.importing.runs import Examples, Logs, Run

_SEED, _MODEL, _TASK = "random_seed", "model_name", "task"


def read(paths: Sequence[Path]) -> Logs:
    """Read the results below folders; raise TableError where there is none."""
    runs: list[Run] = []
    notes: list[str] = []
    documents = Documents()
    for path in paths:
        files = below(path, "results_*.json") if path.is_dir() else [path]
        if not files:
            raise TableError(path, ["has no results_*.json in it; expected what --output_path names"])
        for file in files:
            runs += _of_file(file, documents, notes)
    return Logs(tuple(runs), notes=tuple(dict.fromkeys([*notes, *documents.notes])), seed=_SEED, task=_TASK)


def _of_file(path: Path, documents: Documents, notes: list[str]) -> list[Run]:
    found = json_of(path)
    results = found.get("results") if isinstance(found, Mapping) else None
    if not isinstance(results, Mapping) or not all(isinstance(each, Mapping) for each in results.values()):
        raise TableError(path, ["has no results of tasks; expected results_*.json of lm-evaluation-harness"])
    config = {
        key: value for key, value in (found.get("config") or {}).items() if not key.endswith("_seed") or key == _SEED
    }
    shots = found.get("n-shot") or {}
    groups = [name for name, tasks in (found.get("group_subtasks") or {}).items() if tasks]
    if groups:
        notes.append(f"groups of tasks are averages, and left out: {', '.join(groups)}")
    made = []
    for task, values in results.items():
        if task in groups:
            continue
        settings = flat(path, config) | {_MODEL: _model(found), _TASK: task, "num_fewshot": shots.get(task)}
        numbers = numbers_in({key: value for key, value in values.items() if "," in key and "_stderr," not in key})
        name = f"samples_{task}_{path.name.removesuffix(PACKED).removesuffix('.json').removeprefix('results_')}.jsonl"
        samples = lying(path.parent, name)
        examples: dict[str, Examples] = {}
        if samples is not None:
            examples = documents.examples(task, path.name, _items(samples))
        else:
            notes.append(f"there is no {name}: --log_samples writes which documents a model got right")
        metrics = {key.removesuffix(",none"): value for key, value in numbers.items()}
        made.append(Run(f"{path.name}, {task}", settings, metrics, examples=examples))
    return made


def _model(found: Mapping[str, Any]) -> str:
    config = found.get("config") or {}
    return str(found.get("model_name") or config.get("model_args") or config.get("model"))


def _items(path: Path) -> list[Item]:
    """Return the documents in the order of their numbers, each with its metrics."""
    rows = [json_of(path, line) for line in text_of(path).splitlines() if line.strip()]
    if not rows or not all(isinstance(row, Mapping) and isinstance(row.get("doc_id"), int) for row in rows):
        raise TableError(path, ["holds a line that is no document with a doc_id"])
    found: dict[int, dict[str, float | None]] = {}
    about: dict[int, tuple[str, Mapping[str, Any]]] = {}
    for row in rows:
        number, answers, document = row["doc_id"], row.get("filter", "none"), row.get("doc")
        about[number] = str(row.get("doc_hash")), document if isinstance(document, Mapping) else {}
        scores = found.setdefault(number, {})
        for metric in row.get("metrics", ()):
            value = row.get(metric)
            name = metric if answers == "none" else f"{metric},{answers}"
            scores[name] = float(value) if isinstance(value, int | float) else None
    return [Item(about[number][0], found[number], about[number][1]) for number in sorted(found)]
