"""The JSON that a run leaves: a file for each step, and one with all of them, rewritten whenever something is measured.

What a rehearsal finds is under another key than what a GPU gives, in another file: neither passes for the other.
Imports nothing but the standard library: it must work where nothing else does.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.base.files import write_atomically

DONE, FAILED, RUNNING, SKIPPED, TIMED_OUT = "done", "failed", "running", "skipped", "timed out"
STOP_CODE = 2
MARGIN = 0.1
"""Share of its limit that a step keeps to itself: it begins nothing that might not end in time."""
LOG_LINES = 15


class SkipError(Exception):
    """A step has nothing to do here; the message says why."""


class WrongError(Exception):
    """What was found is not what it must be; the message says in what."""


class StopError(Exception):
    """Nothing further is worth measuring; the message says why."""


@dataclass
class Note:
    """What one step has to say. Each call of `put` or `add` is on disk when it returns."""

    step: str
    whole: Path
    """The file with all steps."""
    folder: Path
    """Where the step's own file goes."""
    rehearsal: bool
    limit: float = math.inf
    """Seconds that the step may take."""
    document: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.started = time.monotonic()
        self.document = {
            "step": self.step,
            "rehearsal": self.rehearsal,
            "status": RUNNING,
            "why": "",
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "limit_seconds": None if math.isinf(self.limit) else self.limit,
            self.key: {},
        }
        self.save()

    @property
    def device(self) -> str:
        """The device that the step is about, as PyTorch names it."""
        return "cpu" if self.rehearsal else "cuda"

    @property
    def key(self) -> str:
        """Where what was found is."""
        return key(self.rehearsal)

    @property
    def found(self) -> dict[str, Any]:
        """What was found so far."""
        return self.document[self.key]

    def put(self, **values: Any) -> None:
        """Keep values under their names."""
        self.found.update(values)
        self.save()

    def add(self, name: str, row: dict[str, Any]) -> None:
        """Append a row to the table `name`."""
        self.found.setdefault(name, []).append(row)
        self.save()

    def time_left(self) -> float:
        """Return how many seconds the step may still spend."""
        return self.limit * (1 - MARGIN) - (time.monotonic() - self.started)

    def end(self, status: str, why: str = "") -> None:
        """Say how the step ended."""
        self.document |= {"status": status, "why": why}
        self.document["seconds"] = round(time.monotonic() - self.started, 2)
        self.save()

    def save(self) -> None:
        """Write the step's file and the one with all steps."""
        _write(self.folder / f"{self.step}.json", self.document)
        whole = read(self.whole)
        whole["steps"][self.step] = self.document
        _write(self.whole, whole)


def key(rehearsal: bool) -> str:
    """Return the key of what was found: a rehearsal has one of its own."""
    return "rehearsed_on_the_cpu" if rehearsal else "measured"


def read(path: Path) -> dict[str, Any]:
    """Return the document with all steps."""
    return json.loads(path.read_text(encoding="utf-8"))


def begin(path: Path, rehearsal: bool) -> None:
    """Write a document without steps."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    _write(path, {"rehearsal": rehearsal, "started_at": now, "steps": {}})


def end(path: Path, folder: Path, options: argparse.Namespace) -> str:
    """Complete the document of a step whose process has ended with a code; return what to print."""
    whole = read(path)
    document = whole["steps"].setdefault(options.step, {"step": options.step, "rehearsal": whole["rehearsal"]})
    document["limit_seconds"] = options.limit
    document.setdefault("seconds", options.seconds)
    if document.get("status", RUNNING) == RUNNING:
        late = options.code in (124, 137)
        tail = Path(options.log).read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
        document["status"] = TIMED_OUT if late else FAILED
        why = f"not done after {options.limit:g} s" if options.limit else "no time was left for it"
        document["why"] = why if late else f"exit code {options.code}"
        document["log"] = tail
    _write(folder / f"{options.step}.json", document)
    _write(path, whole)
    why = f": {document['why']}" if document["why"] else ""
    return f"{options.step}: {document['status']}, {document['seconds']:.0f} s{why}"


def _write(path: Path, document: dict[str, Any]) -> None:
    write_atomically(path, (json.dumps(_plain(document), indent=1, default=str) + "\n").encode())


def _plain(value: Any) -> Any:
    """Return `value` with what is no number in JSON as text."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def main() -> None:
    """Begin a document, or end a step of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["begin", "end"])
    parser.add_argument("whole", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--step")
    parser.add_argument("--code", type=int)
    parser.add_argument("--limit", type=float)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--log")
    parser.add_argument("--rehearse", action="store_true")
    options = parser.parse_args()
    if options.what == "begin":
        begin(options.whole, options.rehearse)
    else:
        print(end(options.whole, options.folder, options), flush=True)


if __name__ == "__main__":
    main()
