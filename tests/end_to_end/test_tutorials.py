"""The tutorials, followed to the letter in an empty folder: files are saved, commands executed, outputs as shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEP = re.compile(
    r"(?:[Ss]ave this as `(?P<file>[^`]+)`(?:(?!^```).)*)?^```(?P<kind>\w+)\n(?P<text>.*?)^```", re.DOTALL | re.M
)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["student", "lecturer", "engineer"])
def test_a_tutorial_works_as_shown(who: str, tmp_path: Path) -> None:
    page = (ROOT / f"docs/tutorial-{who}.md").read_text(encoding="utf-8")
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": search, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    printed, commands, shown = [], 0, 0
    for step in STEP.finditer(page):
        if step["file"]:
            (tmp_path / step["file"]).write_text(step["text"], encoding="utf-8")
        elif step["kind"] == "sh":
            done = subprocess.run(
                ["bash", "-c", step["text"]], cwd=tmp_path, env=environment, check=False, text=True, encoding="utf-8",
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout
            printed, commands = done.stdout.splitlines(), commands + 1
        elif step["kind"] == "text":
            assert [line for line in step["text"].splitlines() if line not in printed] == []
            shown += 1
    assert commands >= 4
    assert shown >= 2
