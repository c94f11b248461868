"""Commit each fault of ``faults.toml`` in a copy of the project and ask its tests: ``make test-mutations``.

Exit code 0 where every fault was noticed, 1 where one survived or the tests fail without any.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.faults import ROOT, Fault, read_faults

COPIED = ("analysis", "bench", "tests", "results", "pyproject.toml", "docs", "README.md")
MOST_SHOWN = 4_000
NOTICED, PASSED = 1, 0
"""pytest's exit codes: some test failed; all passed. Any other is no verdict: nothing was collected, or not at all."""


def main(wanted: Sequence[str]) -> int:
    """Run the faults whose name, file or tests hold one of `wanted`, all where there are none."""
    texts = {each: " ".join([each.name, each.file, *each.tests]) for each in read_faults()}
    faults = [each for each, text in texts.items() if not wanted or any(word in text for word in wanted)]
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        root = Path(folder)
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, root / name)
        selections = sorted({test for each in faults for test in each.tests})
        print(f"{len(faults)} faults; first their {len(selections)} tests without any", flush=True)
        without = ask(root, selections)
        if without.returncode != PASSED:
            print(without.stdout.decode("utf-8", "replace")[-MOST_SHOWN:])
            print("the tests fail without a fault: nothing can be told")
            return 1
        survived = [each for each in faults if not noticed(root, each)]
    print(f"\n{len(faults) - len(survived)} of {len(faults)} faults noticed")
    for each in survived:
        print(f"survived: {each.name} ({each.file})")
    return 1 if survived else 0


def noticed(root: Path, fault: Fault) -> bool:
    """Return whether a test fails with the fault in the copy at `root`; the copy is then whole again."""
    file = root / fault.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace(fault.old, fault.new), encoding="utf-8")
    try:
        code = ask(root, fault.tests).returncode
    finally:
        file.write_text(whole, encoding="utf-8")
    said = {NOTICED: "noticed", PASSED: "SURVIVED"}.get(code, f"NO VERDICT (pytest's exit code {code})")
    print(f"{said:>9}  {fault.file:<28} {fault.name}", flush=True)
    return code == NOTICED


def ask(root: Path, tests: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Run pytest on `tests` of the copy at `root`."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
