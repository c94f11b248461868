"""A study of 8 conditions by 1,000 seeds with the bits of 10,000 images: compared in seconds, reported in a minute."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.analysis.report.conftest import Made, write_folder

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

SEEDS = 1_000
COMPARED, REPORTED = 20, 60
"""Seconds that are allowed on a machine that does nothing else."""
OTHER_LOAD = 2
"""The tests may share the machine: how many times as long they may take."""
MEMORY = 2 * 2**20
"""KiB of resident memory."""


@dataclass(frozen=True)
class Cost:
    """What one command took."""

    seconds: float
    kibibytes: int


def measure(*arguments: str) -> Cost:
    """Run ``python -m analysis`` in a process of its own."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "analysis", *arguments])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return Cost(time.perf_counter() - start, usage.ru_maxrss)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("large") / "dropout", Made(seeds=SEEDS))


def test_compare(large: Path, tmp_path: Path) -> None:
    answer = tmp_path / "compare.json"
    cost = measure(
        "compare",
        str(large),
        "--metric",
        "test_accuracy",
        "--control",
        "none",
        "--margin",
        "0.001",
        "--json",
        str(answer),
    )
    print(cost)
    comparisons = json.loads(answer.read_text(encoding="utf-8"))["comparisons"]
    assert [each["n_pairs"] for each in comparisons if not each["stays_at_chance"]] == [SEEDS] * 6
    assert all(each["test_images"] == 10_000 for each in comparisons if not each["stays_at_chance"])
    assert cost.seconds < OTHER_LOAD * COMPARED
    assert cost.kibibytes < MEMORY


def test_report(large: Path, tmp_path: Path) -> None:
    cost = measure("report", str(large), "--out", str(tmp_path / "report"))
    print(cost)
    assert (tmp_path / "report" / "index.html").exists()
    assert cost.seconds < OTHER_LOAD * REPORTED
