"""Other people's logs, written by the tools themselves: what is read equals what was logged."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from statistics import mean
from typing import Any

import pyarrow.parquet as pq
import pytest

from analysis.cli import main
from analysis.importing.kinds import KINDS
from tests.end_to_end.imports.made_up import RUNS, TEST

pytestmark = pytest.mark.slow

WRITTEN = Path(__file__).with_name("imports") / "written"
TOOLS = {"wandb": "wandb", "mlflow": "mlflow", "lightning": "lightning", "tensorboard": "tensorboard", "hydra": "hydra"}
"""Kind -> the package that ``imports/write_<kind>.py`` writes with; ``imports/written/<kind>.zip`` is what it wrote."""
OPTIONS: dict[str, tuple[str, ...]] = {}
"""What a kind needs that says less in its logs."""

VALIDATION = {
    "wandb": "val/acc",
    "mlflow": "val/acc",
    "lightning": "val_acc",
    "tensorboard": "val/acc",
    "hydra": "val_acc",
}


def by_the_tool(kind: str, tmp_path: Path) -> Path:
    folder = tmp_path / "written"
    command = [sys.executable, "-m", f"tests.end_to_end.imports.write_{kind}", str(folder)]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return folder


def from_here(kind: str, tmp_path: Path) -> Path:
    with zipfile.ZipFile(WRITTEN / f"{kind}.zip") as packed:
        packed.extractall(tmp_path / kind)
    return tmp_path / kind


def tool(kind: str) -> Any:
    missing = importlib.util.find_spec(TOOLS[kind]) is None
    marks = [
        pytest.mark.slow,
        pytest.mark.skipif(missing, reason=f"{TOOLS[kind]} is not installed: make test-frameworks"),
    ]
    return pytest.param(kind, by_the_tool, marks=marks, id=f"{kind}-by-the-tool")


EACH = [*(pytest.param(kind, from_here, id=kind) for kind in TOOLS), *map(tool, TOOLS)]


def rows(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist()


def imported(kind: str, path: Path, out: Path, *options: str) -> list[dict[str, Any]]:
    assert main(["import", kind, str(path), "--out", str(out), *OPTIONS.get(kind, ()), *options]) == 0
    return rows(out)


@pytest.mark.parametrize(("kind", "source"), EACH)
def test_what_is_read_is_what_was_logged(
    kind: str, source: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "runs.parquet"
    found = imported(kind, source(kind, tmp_path), out)
    said = capsys.readouterr().err
    expected = [run for run in RUNS if run.seed is not None]
    assert [(row["condition"], row["seed"]) for row in found] == [(run.method, run.seed) for run in expected]
    for row, run in zip(found, expected, strict=True):
        assert row["status"] == ("failed" if run.crashes else "ok")
        assert bool(row["error"]) == run.crashes
        assert row[run.metric] == (None if run.crashes else run.test)
        assert [value for name, value in row.items() if name.rsplit(".")[-1] == "dropout"] == [run.dropout]
    assert "no seed" in said
    assert "--rename test_acc=test_accuracy" in said

    found = imported(kind, source(kind, tmp_path / "again"), out, "--rename", "test_accuracy=test_acc")
    assert [row["test_acc"] for row in found] == [None if run.crashes else run.test for run in expected]
    assert "rename" not in capsys.readouterr().err
    assert main(["compare", str(out), "--metric", "test_acc", "--control", "baseline", "--json", "-"]) == 0
    (comparison,) = json.loads(capsys.readouterr().out)["comparisons"]
    differences = [b - a for a, b in zip(TEST["baseline"], TEST["dropout"], strict=True)][:4]
    assert comparison["mean_difference"] == pytest.approx(mean(differences), abs=1e-12)


@pytest.mark.parametrize("kind", VALIDATION)
def test_the_best_epoch_is_that_of_the_validation_metric(kind: str, tmp_path: Path) -> None:
    metric = VALIDATION[kind]
    best = imported(kind, from_here(kind, tmp_path), tmp_path / "best.parquet", "--epochs", f"best:{metric}")
    last = imported(kind, from_here(kind, tmp_path), tmp_path / "last.parquet")
    ended = [run for run in RUNS if run.seed is not None and not run.crashes]
    assert [row[metric] for row in best if row["status"] == "ok"] == [run.course[1] for run in ended]
    assert [row[metric] for row in last if row["status"] == "ok"] == [run.course[2] for run in ended]
    assert [row[run.metric] for row, run in zip(best, ended, strict=False)] == [run.test for run in ended], (
        "logged once"
    )


def test_every_kind_has_a_tool_that_wrote_its_fixture() -> None:
    written = {file.stem for file in WRITTEN.glob("*.zip")}
    assert written == {kind.name for kind in KINDS} - {"wide", "long"}
    assert set(TOOLS) | {"sklearn", "lm-eval", "inspect"} == written, "these have other runs, and tests of their own"
