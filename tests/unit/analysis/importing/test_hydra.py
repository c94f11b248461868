"""Hydra's jobs: which file has the results, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analysis.cli import main


def sweep(folder: Path, **results: str) -> Path:
    """Twelve jobs of two methods, each with these files."""
    for number in range(12):
        job = folder / "multirun/2026-01-31/10-00-00" / str(number)
        (job / ".hydra").mkdir(parents=True)
        (job / ".hydra/config.yaml").write_text(
            f"model: {{name: {'ab'[number % 2]}, width: 8}}\nseed: {number // 2}\nout: runs/{number}\n"
        )
        for name, text in results.items():
            (job / name.replace("_", ".")).write_text(text.replace("NUMBER", str(number)))
    return folder / "multirun"


def imported(path: Path, *options: str) -> list[dict[str, Any]]:
    out = path.parent / "out.parquet"
    assert main(["import", "hydra", str(path), "--out", str(out), *options]) == 0
    return pq.read_table(out).to_pylist()


@pytest.mark.parametrize(
    ("results", "taken"),
    [
        ({"results_json": '{"score": NUMBER}'}, "results.json"),
        ({"results_json": '{"score": NUMBER}', "metrics_csv": "score\n0\n"}, "results.json"),
        ({"metrics_csv": "epoch,score\n0,99\n1,NUMBER\n"}, "metrics.csv"),
        ({"mine_json": '[{"score": 99}, {"score": NUMBER}]'}, "mine.json"),
    ],
)
def test_the_file_that_was_taken_is_named(
    tmp_path: Path, results: dict[str, str], taken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The only setting that varies, but for one that each job has for itself, is the condition."""
    found = imported(sweep(tmp_path, **results))
    assert [(row["condition"], row["seed"], row["score"]) for row in found] == [
        ("ab"[method], seed, 2 * seed + method) for method in range(2) for seed in range(6)
    ]
    assert f"results are those of {taken} in the folder of each job" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("results", "why"),
    [
        ({"a_json": "{}", "b_json": "{}"}, "which file has the results? a.json, b.json"),
        ({"results_json": "[1, 2]"}, "holds no names with values"),
        ({"results_json": "{"}, "cannot be read as JSON"),
    ],
)
def test_results_that_cannot_be_taken_are_refused(
    tmp_path: Path, results: dict[str, str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "hydra", str(sweep(tmp_path, **results)), "--out", str(tmp_path / "o.csv")]) == 2
    assert why in capsys.readouterr().err
