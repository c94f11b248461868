"""A study end to end: planned, checked, trained and written by ``bench run``, and read again."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from tests.gpu import book
from tests.gpu.note import Note, WrongError

STUDY = Path(__file__).parents[1] / "study.toml"
TAIL = 2000


def take(note: Note) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 - may be absent: this step alone then fails
    import tomli_w  # noqa: PLC0415

    study = document(note)
    with tempfile.TemporaryDirectory() as name:
        file, results, table = (Path(name) / each for each in ("study.toml", "results", "trials.parquet"))
        file.write_text(tomli_w.dumps(study), encoding="utf-8")
        note.put(study=study)
        started = time.time()
        serial = ["--executor", "serial"] if note.rehearsal else []
        run = bench(note, "run", str(file), "--out", str(results), "--device", note.device, *serial)
        seconds = time.time() - started
        note.put(exit_code=run.returncode, standard_error=run.stderr[-TAIL:], command_seconds=seconds)
        if run.returncode:
            raise WrongError(f"bench run: exit code {run.returncode}: {run.stderr.strip()[-TAIL:]}")
        bench(note, "export", str(results), str(table))
        rows = pq.read_table(table).to_pylist()
        last = max(path.stat().st_mtime for path in results.rglob("*") if path.is_file())
        size = sum(path.stat().st_size for path in results.rglob("*") if path.is_file())
    note.put(**measured(rows, last, seconds), bytes_on_disk=size)
    wanted = {"engine": "stacked" if note.rehearsal else "fused", "device": note.device}
    wrong = [f"{key} {value}" for key in wanted for value in note.found[f"{key}s"] if value != wanted[key]]
    wrong += [f"{number} {status}" for status, number in note.found["statuses"].items() if status == "failed"]
    if wrong or not rows:
        raise WrongError(f"rows that must not be: {', '.join(wrong) or 'none at all'}")


def document(note: Note) -> dict[str, Any]:
    """Return the study, on the data that are here; small and on the CPU in a rehearsal."""
    study = tomllib.loads(STUDY.read_text(encoding="utf-8"))
    study["data"]["name"] = book.data_name()
    if note.rehearsal:
        study["data"] |= {"name": book.SAMPLE, "train_size": 256}
        study["model"]["hidden"] = [16, 16]
        study["training"]["epochs"] = 1
        study["trials"] = {"seeds": 2, "devices": ["cpu"]}
    return study


def bench(note: Note, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of bench; raise where it takes longer than this step may."""
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=max(1.0, note.time_left()))


def measured(rows: list[dict[str, Any]], last: float, seconds: float) -> dict[str, Any]:
    """Return the trials a second: of the whole command, and from the first stack's start to the last file written."""
    begun = min((row["started_at"].timestamp() for row in rows), default=last)
    return {
        "trials": len(rows),
        "engines": sorted({row["engine"] for row in rows}),
        "devices": sorted({row["device"] for row in rows}),
        "statuses": dict(Counter(row["status"] for row in rows)),
        "training_and_writing_seconds": last - begun,
        "trials_per_second": len(rows) / seconds,
        "trials_per_second_training_and_writing": len(rows) / max(last - begun, 1e-9),
        "train_seconds_per_trial": sum(row["train_seconds"] or 0.0 for row in rows) / max(len(rows), 1),
    }
