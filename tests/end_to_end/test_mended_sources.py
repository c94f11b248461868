"""A mended docstring or comment, of whatever module, leaves every finished trial of every committed study done."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = {file.stem for file in (ROOT / "bench/study/studies").glob("*.toml")}
COMMITTED = sorted(
    file.parent.name
    for name in ("plan.json", "tasks.json")
    for file in (ROOT / "results").glob(f"*/{name}")
    if file.parent.name in SHIPPED
)

PLAN_ALL = """
import sys
from bench.cli import main
results, *names = sys.argv[1:]
sys.exit(max(main(["plan", name, "--out", f"{results}/{name}"]) for name in names))
"""


def mended(source: str) -> str:
    """Return the source with a word more in each docstring, and a comment at its end."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    firsts = [node.body[0] for node in ast.walk(ast.parse(source)) if isinstance(node, owners) and node.body]
    lines = source.splitlines()
    for first in firsts:
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            assert first.end_lineno is not None
            before, quotes, after = lines[first.end_lineno - 1].rpartition('"""')
            assert quotes
            lines[first.end_lineno - 1] = f"{before} Mended.{quotes}{after}"
    return "\n".join([*lines, "# A comment.", ""])


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, each module of it mended."""
    root = tmp_path_factory.mktemp("mended")
    shutil.copytree(ROOT / "bench", root / "bench", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "analysis").symlink_to(ROOT / "analysis")
    modules = list((root / "bench").rglob("*.py"))
    assert len(modules) > 100
    for module in modules:
        module.write_text(mended(module.read_text(encoding="utf-8")), encoding="utf-8")
    return root


def plan_all(root: Path, names: list[str]) -> str:
    """Return what `bench plan` of the sources at `root` prints for each of `names`."""
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", PLAN_ALL, str(ROOT / "results"), *names]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def done_and_to_do(printed: str) -> dict[str, tuple[int, int, int]]:
    """Return trials of the plan, done and to do, by study."""
    line = (
        r"study (\S+): (?:(\d+) tasks x )?(\d+) conditions x (\d+) seeds.*\n"
        r"(?:\s+(\d+)\s+trials done.*\n\s+(\d+)\s+to do|(?s:.*?)all tasks: (\d+) trials done, (\d+) to do)"
    )
    return {
        name: (int(tasks or 1) * int(conditions) * int(seeds), int(done or all_done), int(to_do or all_to_do))
        for name, tasks, conditions, seeds, done, to_do, all_done, all_to_do in re.findall(line, printed)
    }


@pytest.mark.slow
def test_every_committed_study_is_done_whatever_docstring_was_mended(sources: Path) -> None:
    found = done_and_to_do(plan_all(sources, COMMITTED))
    assert sorted(found) == COMMITTED
    assert {name: each for name, each in found.items() if each[1:] != (each[0], 0)} == {}


def test_no_committed_plan_names_a_folder_of_one_machine() -> None:
    plans = [file for name in COMMITTED for file in (ROOT / "results" / name).rglob("plan.json")]
    assert len(plans) > len(SHIPPED) / 2
    commands = {str(file.relative_to(ROOT)): json.loads(file.read_text(encoding="utf-8"))["command"] for file in plans}
    assert [file for file, command in commands.items() if re.search(r"(?<!\S)/", command)] == []
