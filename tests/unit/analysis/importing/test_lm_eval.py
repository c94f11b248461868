"""lm-evaluation-harness: a row for each model, task and seed, with the documents that each got right."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from analysis.cli import main
from tests.end_to_end.test_imports import from_here

LM_EVAL = Path(sys.prefix) / "lm-eval/bin/python"


def call(folder: Path, *options: str) -> list[str]:
    return ["import", "lm-eval", str(folder), "--out", str(folder / "out.parquet"), *options]


def by_lm_eval(_: str, tmp_path: Path) -> Path:
    folder = tmp_path / "written"
    command = [str(LM_EVAL), "-m", "tests.end_to_end.imports.write_lm_eval", str(folder)]
    subprocess.run(command, cwd=Path(__file__).parents[4], capture_output=True, check=True, timeout=900)
    return folder


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(from_here, id="here"),
        pytest.param(
            by_lm_eval,
            id="by-the-tool",
            marks=[
                pytest.mark.slow,
                pytest.mark.skipif(not LM_EVAL.exists(), reason="lm-eval is not installed: make test-frameworks"),
            ],
        ),
    ],
)
def test_bits_are_those_of_the_documents_and_accuracies_those_of_the_results(
    tmp_path: Path, source: Callable[[str, Path], Path]
) -> None:
    folder = source("lm-eval", tmp_path)
    assert main(call(folder)) == 0
    found = pq.read_table(folder / "out.parquet").to_pylist()
    rows = {(row["task"], row["condition"], row["seed"]): row for row in found}
    assert len(rows) == len(found) == 8
    seen = 0
    for path in folder.rglob("results_*.json"):
        results = json.loads(path.read_text())
        for task, values in results["results"].items():
            row = rows[task, results["model_name"], results["config"]["random_seed"]]
            samples = path.with_name(path.name.replace("results_", f"samples_{task}_")).with_suffix(".jsonl")
            right = [json.loads(line)["acc"] for line in samples.read_text().splitlines()]
            assert row["acc"] == values["acc,none"] == pytest.approx(np.mean(right))
            assert np.unpackbits(np.frombuffer(row["test_bits"], np.uint8), count=row["test_total"]).tolist() == right
            assert row["test_correct"] == sum(right)
            seen += 1
    assert seen == 8


def test_documents_are_in_the_order_of_their_numbers_and_of_one_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = from_here("lm-eval", tmp_path)
    assert main(call(folder)) == 0
    before = pq.read_table(folder / "out.parquet")
    path = min(folder.rglob("samples_one_*.jsonl"))
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[::-1]))
    assert main(call(folder)) == 0
    assert pq.read_table(folder / "out.parquet").equals(before)
    path.write_text("\n".join(lines[:-1]))
    capsys.readouterr()
    assert main(call(folder)) == 0
    assert "not all runs have the same documents" in capsys.readouterr().err
    assert pq.read_table(folder / "out.parquet")["test_bits"].null_count > 0


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("results_*.json", "[]", "has no results of tasks"),
        ("samples_*.jsonl", "{", "cannot be read as JSON"),
        ("samples_*.jsonl", "{}\n", "no document with a doc_id"),
    ],
)
def test_a_broken_file_is_refused_by_name(
    tmp_path: Path, name: str, content: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = from_here("lm-eval", tmp_path)
    path = min(folder.rglob(name))
    path.write_text(content)
    assert main(call(folder)) == 2
    said = capsys.readouterr().err
    assert path.name in said
    assert why in said


def test_a_metric_without_examples_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(call(from_here("lm-eval", tmp_path), "--metric", "f1")) == 2
    assert "no run has it by example" in capsys.readouterr().err


def test_documents_of_one_passage_are_a_cluster(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = from_here("lm-eval", tmp_path)
    for path in folder.rglob("samples_one_*.jsonl"):
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        for row in rows:
            row["doc"] |= {"passage": f"passage {row['doc_id'] // 3}", "subject": f"subject {row['doc_id'] // 6}"}
        path.write_text("\n".join(map(json.dumps, rows)))
    for options, clusters in (((), 2), (("--cluster", "passage"), 4)):
        assert main(call(folder, *options)) == 0
        rows = pq.read_table(folder / "out.parquet").to_pylist()
        for row in rows:
            groups = row["test_groups"] and np.frombuffer(row["test_groups"], "<i8").tolist()
            assert groups == ([i * clusters // 12 for i in range(12)] if row["task"] == "one" else None)
    assert "they also have 'subject' in common" in capsys.readouterr().err
