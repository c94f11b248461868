"""The workflow on the page on gates, step by step in a repository of somebody else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/gate.md").read_text(encoding="utf-8")

TRAIN = """
import random, sys
with open(sys.argv[2], "w") as file:
    print("condition,seed,test_accuracy", file=file)
    for label in ("small", "large"):
        for seed in range(12):
            noise = random.Random(f"{label} {seed} {SHIFT}").gauss(0, 0.0004)
            print(label, seed, 0.87 + SHIFT + noise, sep=",", file=file)
"""


KNOWN = {"${{ github.event.pull_request.base.sha }}": "main"}
"""What the pipeline puts in for an expression."""


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository whose branch main has the base, checked out."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "train.py").write_text(TRAIN.replace("SHIFT", "0.0"))
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "base")
    return folder


def steps(folder: Path) -> tuple[int, str]:
    """Run the steps that are commands, but for the installation; return the last exit code and the job's summary."""
    text = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    summary = folder.parent / "job-summary.md"
    binaries = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    given = os.environ | {"GITHUB_STEP_SUMMARY": str(summary), "PYTHONPATH": str(ROOT), "PATH": binaries}
    code = 0
    for step in yaml.safe_load(text)["jobs"]["gate"]["steps"]:
        if "run" not in step or step["run"].startswith("pip "):
            continue
        values = {
            name: {"${{ github.event.pull_request.base.sha }}": "main"}[text]
            for name, text in step.get("env", {}).items()
        }
        code = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=folder, env=given | values, check=False).returncode
        if code:
            break
    return code, summary.read_text(encoding="utf-8") if summary.exists() else ""


@pytest.mark.parametrize(
    ("shift", "code", "said"),
    [("1e-5", 0, "It holds for both conditions"), ("-0.02", 4, "the opposite is shown for “small” and “large”")],
)
@pytest.mark.slow
def test_the_workflow_ends_as_its_gate_does_and_leaves_its_summary(
    repository: Path, shift: str, code: int, said: str
) -> None:
    git(repository, "checkout", "-q", "-b", "change")
    (repository / "train.py").write_text(TRAIN.replace("SHIFT", shift))
    git(repository, "commit", "-q", "-a", "-m", "change")
    ended, summary = steps(repository)
    assert ended == code
    assert said in summary
    assert (repository.parent / "gate.xml").exists()
