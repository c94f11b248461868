"""Commit each fault of ``faults.toml`` in a copy of the project and ask its tests: ``make test-mutations``.

A copy a core, faults side by side. ``--faults-alone`` leaves out the run of the tests without a fault.

Exit code 0 where every fault was noticed, 1 where one survived or the tests fail without any.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from bench.base.cores import physical_cores
from tests.mutation.faults import ROOT, Fault, read_faults

COPIED = ("analysis", "bench", "tests", "results", "pyproject.toml", "docs", "README.md")
FAULTS_ALONE = "--faults-alone"
"""Given where the tests are known to pass without a fault."""
MOST_SHOWN = 4_000
NOTICED, PASSED = 1, 0
"""pytest's exit codes: some test failed; all passed. Any other is no verdict: nothing was collected, or not at all."""


def main(arguments: Sequence[str]) -> int:
    """Run the faults whose name, file or tests hold one of the words given, all where there are none."""
    wanted = [each for each in arguments if each != FAULTS_ALONE]
    texts = {each: " ".join([each.name, each.file, *each.tests]) for each in read_faults()}
    faults = [each for each, text in texts.items() if not wanted or any(word in text for word in wanted)]
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        roots = [copied(Path(folder) / str(number)) for number in range(len(physical_cores()))]
        if FAULTS_ALONE not in arguments:
            selections = sorted({test for each in faults for test in each.tests})
            print(f"{len(faults)} faults; first their {len(selections)} tests without any", flush=True)
            without = ask(roots[0], ["-n", str(len(roots)), *selections])
            if without.returncode != PASSED:
                print(without.stdout.decode("utf-8", "replace")[-MOST_SHOWN:])
                print("the tests fail without a fault: nothing can be told")
                return 1
        free = SimpleQueue[Path]()
        for root in roots:
            free.put(root)
        with ThreadPoolExecutor(len(roots)) as pool:
            found = list(pool.map(lambda fault: noticed(free, fault), faults))
    survived = [fault for fault, was_noticed in zip(faults, found, strict=True) if not was_noticed]
    print(f"\n{len(faults) - len(survived)} of {len(faults)} faults noticed")
    for each in survived:
        print(f"survived: {each.name} ({each.file})")
    return 1 if survived else 0


def copied(root: Path) -> Path:
    """Copy the project to `root`, and return it."""
    root.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, root / name)
    return root


def noticed(free: SimpleQueue[Path], fault: Fault) -> bool:
    """Return whether a test fails with the fault in a copy that is free; the copy is then whole again."""
    root = free.get()
    file = root / fault.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace(fault.old, fault.new), encoding="utf-8")
    try:
        code = ask(root, fault.tests).returncode
    finally:
        file.write_text(whole, encoding="utf-8")
        free.put(root)
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
