"""The command: what it writes, what it refuses, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.cli import main


def test_an_unknown_precision_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certify", "--precision", "flaot32", "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert 'did you mean "float32"?' in said
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_certification_writes_its_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--data", "fashion_mnist_sample", "--trials", "6", "--epochs", "1", "--workers", "1"]
    command = ["certify", "--precision", "float32", "--rungs", "agreement", "distribution", *small]
    assert main([*command, "--out", str(tmp_path)]) == 1
    folder = tmp_path / "cpu-float32" / "fashion_mnist_sample-1-epochs"
    printed = capsys.readouterr()
    assert printed.out == f"{folder}\n"
    verdict = json.loads((folder / "partial.json").read_text())
    assert verdict["verdict"] == "incomplete: rungs were left out"
    assert verdict["rungs_left_out"] == ["randomness", "drift"]
    assert [rung["rung"] for rung in verdict["rungs"]] == ["agreement", "distribution"]
    assert verdict["rungs"][0]["verdict"] == "equivalent"
    said = "float32 on cpu against the plain reference (fashion_mnist_sample, 1 epochs, 6 trials an arm): incomplete"
    assert said in printed.err
    assert (folder / "partial.md").read_text().startswith(f"# {said}")
    assert not (folder / "verdict.json").exists()
    assert (verdict["rungs"][1]["look"], verdict["rungs"][1]["alpha"]) == (1, 0.025)
