"""What is installed from a wheel works where the checkout is not at hand, and beside a project's own folders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import inputs

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the wheel is installed, without what it depends on: that is here already."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    source = folder / "source"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(source)], check=True)
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(folder), str(source)], check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--ignore-installed", "--prefix", str(folder / "prefix"), str(wheel)],
                   check=True)  # fmt: skip
    return folder / "prefix"


def run(installed: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    (packages,) = installed.glob("lib/python*/site-packages")
    given = os.environ | {"PYTHONPATH": str(packages), "BENCH_DATA": str(folder / "data")}
    program = str(installed / "bin" / command[0])
    return subprocess.run([program, *command[1:]], cwd=folder, env=given, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_commands_work_beside_a_project_s_own_analysis_folder(installed: Path, tmp_path: Path) -> None:
    for name in ("analysis", "bench"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('of the project')\n")
    (tmp_path / "t.csv").write_bytes(inputs.csv())
    compared = run(installed, tmp_path, "regbench-analysis", "compare", "t.csv", "--metric", "test_accuracy",
                   "--control", "none")  # fmt: skip
    assert compared.returncode == 0, compared.stderr
    (tmp_path / "s.toml").write_bytes(inputs.STUDY)
    ran = run(installed, tmp_path, "regbench", "run", "s.toml", "--workers", "2")
    assert ran.returncode == 0, ran.stderr
    reported = run(installed, tmp_path, "regbench-analysis", "report", "results/c")
    assert reported.returncode == 0, reported.stderr
    assert (tmp_path / "results/c/report/index.html").exists()
