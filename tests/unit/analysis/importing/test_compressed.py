"""What every kind reads it reads compressed too, and its tables as a spreadsheet in another language writes them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analysis.cli import main
from analysis.importing.kinds import KINDS

WRITTEN = Path(__file__).parents[3] / "end_to_end" / "imports" / "written"
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
RUNS = "Name,State,method,seed,test_acc\n" + "".join(
    f"{method}-{seed},finished,{method},{seed},{base + seed / 1000:.4f}\n"
    for method, base in (("a", 0.85), ("b", 0.86))
    for seed in range(3)
)
MLFLOW = RUNS.replace("Name,State,method,seed,test_acc", "run_name,status,params.method,params.seed,metrics.test_acc")
LONG = "condition,seed,metric,value\n" + "".join(f"{c},{s},acc,0.{s + 1}5\n" for c in "ab" for s in range(3))
WIDE = "seed,a,b\n0,0.15,0.25\n1,0.35,0.45\n"


def text(name: str, content: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        folder.mkdir()
        (folder / name).write_text(content)
        return folder / name

    return write


def unpacked(kind: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        with zipfile.ZipFile(WRITTEN / f"{kind}.zip") as archive:
            archive.extractall(folder)
        return next(folder.glob("*.csv")) if kind == "sklearn" else folder

    return write


def inspect(folder: Path) -> Path:
    folder.mkdir()
    for model in "ab":
        for seed in range(3):
            samples = [
                {
                    "id": i,
                    "epoch": 1,
                    "input": f"q{i}",
                    "target": "x",
                    "scores": {"match": {"value": "CI"[(i + seed) % 2]}},
                }
                for i in range(4)
            ]
            spec = {"model": model, "task": "t", "model_generate_config": {"seed": seed}}
            metric = {"name": "accuracy", "value": 0.5}
            results = {"scores": [{"name": "match", "scorer": "match", "metrics": {"accuracy": metric}}]}
            log = {"eval": spec, "status": "success", "results": results, "samples": samples}
            (folder / f"{model}{seed}.json").write_text(json.dumps(log))
    return folder


def hydra_tables(folder: Path) -> Path:
    """Write the jobs with their results as tables in place of JSON."""
    unpacked("hydra")(folder)
    for file in folder.rglob("results.json"):
        found = json.loads(file.read_text())
        rows = found if isinstance(found, list) else [found]
        names = list(dict.fromkeys(name for row in rows for name in row))
        with file.with_suffix(".csv").open("w", newline="") as out:
            table = csv.DictWriter(out, names)
            table.writeheader()
            table.writerows(rows)
        file.unlink()
    return folder


EACH = {
    "wandb": text("runs.csv", RUNS),
    "mlflow": text("runs.csv", MLFLOW),
    "lightning": unpacked("lightning"),
    "hydra": unpacked("hydra"),
    "sklearn": unpacked("sklearn"),
    "lm-eval": unpacked("lm-eval"),
    "inspect": inspect,
    "long": text("runs.csv", LONG),
    "wide": text("runs.csv", WIDE),
}
OPTIONS = {"wide": ["--metric", "acc"], "inspect": ["--metric", "match", "--condition-column", "model"]}
WITHOUT = {"tensorboard"}
"""Kinds whose files are no text."""


def compressed(path: Path) -> Path:
    """Compress every text that is a table, results or settings; return what is to be named."""
    files = [path] if path.is_file() else [each for end in ("csv", "json", "jsonl") for each in path.rglob(f"*.{end}")]
    for file in [*files, *(path.rglob("hparams.yaml") if path.is_dir() else ())]:
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    return path.with_name(f"{path.name}.gz") if path in files else path


def from_a_spreadsheet(path: Path) -> Path:
    """Write every table with semicolons, decimal commas and a byte order mark."""
    for file in [path] if path.is_file() else path.rglob("*.csv"):
        rows = [*csv.reader(io.StringIO(file.read_text(), newline=""))]
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows(
            [cell.replace(".", ",") if NUMBER.fullmatch(cell) else cell for cell in row] for row in rows
        )
        file.write_text("\ufeff" + out.getvalue())
    return path


def imported(kind: str, path: Path, out: Path) -> list[dict[str, Any]]:
    assert main(["import", kind, str(path), "--out", str(out), *OPTIONS.get(kind, ())]) == 0
    rows = pq.read_table(out).to_pylist()
    return [{name: re.sub(r"\.gz\b", "", cell) if isinstance(cell, str) else cell for name, cell in row.items()}
            for row in rows]  # fmt: skip


def test_every_kind_is_held_to_this() -> None:
    assert set(EACH) | WITHOUT == {kind.name for kind in KINDS}


@pytest.mark.slow
@pytest.mark.parametrize("kind", EACH)
def test_compressed_files_give_the_same_rows(kind: str, tmp_path: Path) -> None:
    plain = imported(kind, EACH[kind](tmp_path / "plain"), tmp_path / "a.parquet")
    assert len(plain) > 3
    path = compressed(EACH[kind](tmp_path / "packed"))
    assert [*tmp_path.joinpath("packed").rglob("*.gz")]
    assert imported(kind, path, tmp_path / "b.parquet") == plain


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["wandb", "mlflow", "lightning", "hydra", "sklearn", "long", "wide"])
def test_tables_of_a_spreadsheet_give_the_same_rows(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write = hydra_tables if kind == "hydra" else EACH[kind]
    plain = imported(kind, write(tmp_path / "plain"), tmp_path / "a.parquet")
    path = from_a_spreadsheet(write(tmp_path / "other"))
    assert [*tmp_path.joinpath("other").rglob("*.csv")]
    capsys.readouterr()
    assert imported(kind, path, tmp_path / "b.parquet") == plain
    assert "semicolon-separated with decimal commas" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["wandb", "mlflow", "sklearn", "long", "wide"])
def test_a_compressed_file_that_is_damaged_is_refused(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "runs.csv.gz"
    path.write_bytes(gzip.compress(RUNS.encode())[:-9])
    assert main(["import", kind, str(path), "--out", str(tmp_path / "a.csv"), *OPTIONS.get(kind, ())]) == 2
    assert "cannot be read as a gzip file" in capsys.readouterr().err
