"""MLflow: its file store, its database and its tables give the same runs; what is broken is refused by name."""

from __future__ import annotations

import math
import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.cli import main
from tests.end_to_end.test_imports import from_here


@pytest.fixture
def written(tmp_path: Path) -> Path:
    folder = from_here("mlflow", tmp_path)
    pd.read_csv(folder / "search_runs.csv").to_parquet(folder / "runs.parquet")
    return folder


def imported(path: Path, *options: str) -> list[dict[str, Any]]:
    out = path.parent / "out.parquet"
    assert main(["import", "mlflow", str(path), "--out", str(out), *options]) == 0
    return pq.read_table(out).to_pylist()


@pytest.mark.parametrize("name", ["mlflow.db", "search_runs.csv", "runs.parquet"])
def test_each_place_gives_what_the_files_give(written: Path, name: str) -> None:
    assert imported(written / name) == imported(written / "mlruns")


def test_an_experiment_and_a_run_may_be_given_alone(written: Path) -> None:
    runs = sorted(each.parent for each in written.glob("mlruns/*/*/params"))
    whole = imported(written / "mlruns")
    assert imported(runs[0].parent) == whole
    parts = [each for each in runs if (each / "params/seed").exists()]
    out = written / "out.csv"
    assert main(["import", "mlflow", *map(str, parts), "--out", str(out)]) == 0
    assert len(pd.read_csv(out)) == len(whole)


def test_what_is_deleted_is_left_out_and_counted(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(written / "mlflow.db") as database:
        database.execute("UPDATE runs SET lifecycle_stage = 'deleted' WHERE name = 'baseline-3'")
    meta = next(path for path in written.glob("mlruns/*/*/meta.yaml") if "run_name: baseline-3" in path.read_text())
    meta.write_text(meta.read_text().replace("lifecycle_stage: active", "lifecycle_stage: deleted"))
    for name in ("mlflow.db", "mlruns"):
        assert "baseline-3" not in [row["run"] for row in imported(written / name)]
        assert "1 runs are marked as deleted and left out: baseline-3" in capsys.readouterr().err


def test_a_metric_without_steps_goes_by_time(written: Path) -> None:
    path = next(written.glob("mlruns/*/*/params/seed")).parents[1] / "metrics/val/acc"
    path.write_text("1000 0.3 0\n3000 0.2 0\n2000 0.9 0\n")
    run = path.parents[2]
    assert [imported(run, *more)[0]["val/acc"] for more in ((), ("--epochs", "best:val/acc"))] == [0.2, 0.9]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("meta.yaml", "run_id: [", "cannot be read as YAML"),
        ("meta.yaml", "!!python/object/apply:os.mkdir [made]", "cannot be read as YAML"),
        ("meta.yaml", "- a", "expected names with values"),
        ("metrics/val/acc", "1000 high 0\n", "line 1 is '1000 high 0'; expected time, value, step"),
        ("metrics/val/acc", "1000\n", "line 1 is '1000'; expected time, value, step"),
    ],
)
def test_a_broken_file_is_refused_by_name_and_nothing_in_it_is_executed(
    written: Path,
    name: str,
    content: str,
    why: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(written)
    path = next(written.glob("mlruns/*/*/params")).parent / name
    path.write_text(content)
    assert main(["import", "mlflow", str(written / "mlruns"), "--out", "out.csv"]) == 2
    said = capsys.readouterr().err
    assert str(path) in said
    assert why in said
    assert not Path("made").exists()


def test_a_file_that_is_no_database_is_refused(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (written / "mlflow.db").write_bytes(b"no database" * 100)
    assert main(["import", "mlflow", str(written / "mlflow.db"), "--out", str(written / "out.csv")]) == 2
    assert "cannot be read as a database of MLflow" in capsys.readouterr().err


def test_an_infinite_loss_of_a_database_is_a_run_that_diverged(written: Path) -> None:
    """MLflow's databases keep infinity as the largest number there is, and its tables show that."""
    with sqlite3.connect(written / "mlflow.db") as database:
        database.execute("INSERT INTO metrics SELECT 'test_loss', 0.5, 1, run_uuid, 0, 0 FROM runs")
        database.execute(
            "UPDATE metrics SET value = 1.7976931348623157e308 WHERE key = 'test_loss' AND run_uuid = "
            "(SELECT run_uuid FROM runs WHERE name = 'baseline-3')"
        )
    statuses = {row["run"]: (row["status"], row["test_loss"]) for row in imported(written / "mlflow.db")}
    assert statuses["baseline-3"] == ("diverged", math.inf)
    assert statuses["baseline-2"] == ("ok", 0.5)
    table = written / "runs.csv"
    table.write_text(
        "run_id,status,params.method,params.seed,metrics.test_loss\nx,FINISHED,a,0,1.7976931348623157e+308\n"
    )
    assert imported(table)[0]["status"] == "diverged"


def test_runs_of_two_experiments_in_one_table_are_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "runs.csv"
    rows = [f"{i},{i},FINISHED,{m},0,0.{i + 5}" for i, m in ((1, "a"), (2, "a"), (1, "b"), (2, "b"))]
    table.write_text("\n".join(["run_id,experiment_id,status,params.method,params.seed,metrics.acc", *rows]))
    assert main(["import", "mlflow", str(table), "--out", str(tmp_path / "o.csv")]) == 2
    assert "setting 'experiment' distinguishes" in capsys.readouterr().err
    assert len(imported(table, "--where", "experiment=2")) == 2
