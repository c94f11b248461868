"""The tests that need CUDA, and those of the kernels, which run on CUDA where it is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.gpu.note import Note, SkipError, WrongError

FOLDERS = ("tests/gpu", "tests/unit/bench/engines/fused", "--ignore=tests/unit/bench/engines/fused/test_compiles.py")
"""Compilation without a GPU is left out: the step before has compiled for the one that is here."""
REHEARSED = ("tests/gpu",)
PROCESSES = 6
"""Most of the time is compilation, and the GPU takes several processes."""
WORDS = 400


def take(note: Note) -> None:
    if find_spec("pytest") is None:
        raise SkipError("pytest is not installed")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "tests.xml"
        # Other versions than the project pins may warn: that is no fault of the kernels.
        options = ["-v", "-p", "no:cacheprovider", "-o", "filterwarnings=default", f"--junitxml={report}"]
        if find_spec("xdist") is not None:
            options += [
                "-n",
                "0" if note.rehearsal else str(min(PROCESSES, os.cpu_count() or 1)),
                "--dist",
                "worksteal",
            ]
        command = [sys.executable, "-m", "pytest", *options, *(REHEARSED if note.rehearsal else FOLDERS)]
        note.put(command=" ".join(command[1:]))
        lines = Path(folder) / "lines"
        try:
            with lines.open("w") as file:
                code = subprocess.run(command, check=False, stdout=file, timeout=max(1.0, note.time_left())).returncode
        except subprocess.TimeoutExpired:
            note.put(**so_far(lines.read_text()))
            raise
        finally:
            print(lines.read_text())
        note.put(exit_code=code, **outcome(report))
    if code:
        raise WrongError(f"pytest: exit code {code}, {note.found['failed']} failed")


def so_far(lines: str) -> dict[str, Any]:
    """Return how many tests had which outcome when pytest was ended, from what it printed of each."""
    ended = re.findall(
        r"^(?:\[gw\d+\].*? )?(PASSED|FAILED|ERROR|SKIPPED) (\S+::\S+)|^(\S+::\S+) (PASSED|FAILED|ERROR|SKIPPED)",
        lines,
        re.M,
    )
    names = {test or other: first or second for first, test, other, second in ended}
    count = list(names.values()).count
    failures = [{"test": test, "message": ""} for test, status in names.items() if status in ("FAILED", "ERROR")]
    return {"passed": count("PASSED"), "failed": len(failures), "skipped": count("SKIPPED"), "failures": failures}


def outcome(report: Path) -> dict[str, Any]:
    """Return how many tests of a JUnit report passed, failed and were skipped, and the message of each that failed."""
    cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    failures = [(case, part) for case in cases for part in case if part.tag in ("failure", "error")]
    skipped = sum(1 for case in cases if case.find("skipped") is not None)
    return {
        "passed": len(cases) - skipped - len({id(case) for case, _ in failures}),
        "failed": len({id(case) for case, _ in failures}),
        "skipped": skipped,
        "failures": [
            {"test": f"{case.get('classname')}::{case.get('name')}", "message": (part.get("message") or "")[:WORDS]}
            for case, part in failures
        ],
    }
