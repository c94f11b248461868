"""A/A runs: one line each in a tracked file, and the false-alarm rate over all of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.methods.failure_rates import clopper_pearson
from bench.assurance.gate.errors import GateError
from bench.assurance.gate.gate import Found
from bench.assurance.gate.rounds import Judged, regressed
from bench.assurance.gate.slots import places
from bench.run.provenance import processor

FILE = Path("results/perf/aa.jsonl")
LEVEL = 0.05


def line(judged: Judged | Found, head: str, base: str, started: datetime, rounds: int) -> dict[str, Any]:
    """Return a run in a line: what it was, each verdict with its estimate, and whether there was an alarm."""
    return {
        "date": started.isoformat(timespec="seconds"),
        "head": head,
        "base": base,
        "machine": f"{processor('cpu')}, {len(places())} cores used",
        "rounds": rounds,
        "verdicts": [asdict(each) for each in judged.verdicts],
        "control": asdict(judged.control),
        "control_again": asdict(judged.control_again) if judged.control_again else None,
        "other_load": judged.others,
        "alarm": regressed(judged.verdicts),
    }


def append(file: Path, line: dict[str, Any]) -> None:
    """Add a run: one write of one line, so that two gates at once leave two whole lines."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as handle:
            cut_off = handle.tell() > 0 and not file.read_bytes().endswith(b"\n")
            handle.write("\n" * cut_off + json.dumps(line, allow_nan=False) + "\n")
    except OSError as error:
        raise GateError(f"{file}: cannot be written: {error.strerror or error}") from error


def read(file: Path) -> list[dict[str, Any]]:
    """Return all runs; raise GateError naming a line that is none."""
    if not file.exists():
        return []
    runs = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            run = json.loads(line)
            _ = run["alarm"], run["verdicts"], run["exit_code"]
        except (ValueError, KeyError, TypeError) as error:
            raise GateError(f"{file}, line {number}: not the record of an A/A run: {error!r}") from error
        runs.append(run)
    return runs


def false_alarms(runs: Sequence[dict[str, Any]]) -> str:
    """Return the false-alarm rate over A/A runs with its exact 95% interval, in a sentence."""
    alarms = sum(bool(run["alarm"]) for run in runs)
    low, high = clopper_pearson(alarms, len(runs), LEVEL)
    codes = Counter(run["exit_code"] for run in runs)
    ended = ", ".join(f"{count} with {code}" for code, count in sorted(codes.items()))
    return (
        f"A/A runs on record: {len(runs)}, false alarms: {alarms} ({alarms / len(runs):.1%},"
        f" 95% interval {low:.1%} to {high:.1%}, Clopper-Pearson); exit codes: {ended}"
    )
