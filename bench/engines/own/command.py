"""A training command, in any language: it reads its trial from one file and writes what came of it to another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.base.files import write_atomically
from bench.engines.own.job import Answer, Job
from bench.engines.own.returned import ReturnedError, measured
from bench.engines.own.streams import stream_seeds
from bench.record.settings import canonical

TRIAL, RESULT = "BENCH_TRIAL", "BENCH_RESULT"
"""Environment variables: the paths of both files."""


def perform(job: Job) -> Answer:
    """Run the command to its end, and check what it wrote."""
    experiment = job.experiment
    asked, answer = job.folder / "trial.json", job.folder / "result.json"
    answer.unlink(missing_ok=True)
    write_atomically(asked, json.dumps(document(job), allow_nan=False).encode())
    first, *rest = experiment.command
    words = [sys.executable if first in ("python", "python3") else first, *rest]
    started = time.perf_counter()
    try:
        code = subprocess.run(
            words, cwd=experiment.folder, env=os.environ | {TRIAL: str(asked), RESULT: str(answer)}, check=False,
            stdin=subprocess.DEVNULL,
        ).returncode  # fmt: skip
    except OSError as error:
        return Answer(error=f"{first}: cannot be run: {error.strerror or error}")
    seconds = time.perf_counter() - started
    if code:
        why = f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}"
        return Answer(error=f"{experiment.name} {why}")
    try:
        given = _result(answer, experiment.folder)
        found = measured(given, given.get("curves", []), experiment.primary, experiment.classes)
    except ReturnedError as error:
        return Answer(error=f"{experiment.name}: {error}")
    row = found.row | {"train_seconds": seconds}
    if row.get("train_total") and row["epochs"]:
        row["throughput"] = row["train_total"] * row["epochs"] / seconds
    return Answer(row, found.curve, tuple(found.warnings))


def document(job: Job) -> dict[str, Any]:
    """Return what a command is told of its trial."""
    seeds = stream_seeds(*job.sources)
    return {
        "settings": canonical(job.experiment.settings),
        "seed": job.seed,
        "seeds": {"init": seeds.init, "order": seeds.order, "mask": seeds.mask},
        "device": job.devices[0],
        "folder": str(job.folder),
        "cpus": job.experiment.cpus,
    }


def _result(path: Path, folder: Path) -> dict[str, Any]:
    """Return what the command wrote, arrays in place of paths to them; raise ReturnedError."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReturnedError(f"wrote no result; JSON is expected at the path in ${RESULT}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ReturnedError(f"wrote a result that cannot be read as JSON: {error}") from error
    if not isinstance(given, dict):
        raise ReturnedError("wrote a result that is no object of JSON")
    curves = given.get("curves", [])
    if not (isinstance(curves, list) and all(isinstance(each, dict) for each in curves)):
        raise ReturnedError("curves is no list of objects, one for each epoch")
    return {
        name: _array(name, value, folder) if name.endswith("_correct") or name == "groups" else value
        for name, value in given.items()
    }


def _array(name: str, value: Any, folder: Path) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return np.load(folder / value, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise ReturnedError(f"{name}: {folder / value} cannot be read as an .npy file: {error}") from error
