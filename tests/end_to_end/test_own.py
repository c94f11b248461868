"""A study of own training code, from its file to a comparison."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import analysis
from bench.study.study import Study

TRAIN = """
def train(trial):
    order = trial.numpy("order")
    with trial.random("mask"):
        gain = trial.settings["gain"]
    for epoch in range(2):
        right = [bool(each) for each in order.random(200) < 0.6 + gain]
        trial.epoch(test_accuracy=sum(right) / 200)
    return {"test_correct": right, "margin_of_error": 0.5}
"""
STUDY = """
name = "own"
[experiment]
function = "train.py:train"
classes = 10
[settings]
gain = 0.0
[trials]
seeds = 8
[[conditions]]
label = "none"
[[conditions]]
label = "more"
gain = 0.2
[analysis]
control = "none"
"""


def bench(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.slow
def test_a_function_becomes_paired_rows_curves_and_a_comparison(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TRAIN)
    study = tmp_path / "study.toml"
    study.write_text(STUDY)
    done = bench("run", study, "--no-rehearsal", "--out", tmp_path / "out")
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "out")), done.stderr
    rows = [row for file in (tmp_path / "out" / "trials").iterdir() for row in pq.read_table(file).to_pylist()]
    assert len(rows) == 16
    assert {(row["status"], row["engine"], row["precision"], row["epochs"], row["test_total"]) for row in rows} == {
        ("ok", "own", "own", 2, 200)
    }
    assert {row["gain"] for row in rows} == {0.0, 0.2}
    assert {row["margin_of_error"] for row in rows} == {0.5}
    assert (tmp_path / "out" / "code" / "train.py").read_text() == TRAIN
    assert not (tmp_path / "out" / "unfinished").exists()
    packed = bench("export", tmp_path / "out", tmp_path / "packed")
    assert packed.returncode == 0, packed.stderr
    assert "16  trials done" in bench("plan", tmp_path / "packed" / "study.toml", "--out", tmp_path / "packed").stdout
    again = bench("run", study, "--out", tmp_path / "out")
    assert "16  trials done" in again.stderr
    found = analysis.compare(tmp_path / "out", "test_accuracy", "none")
    assert found.effects["more"].headline.verdict == "superior"
    assert found.effects["more"].n_pairs == 8

    (tmp_path / "train.py").write_text(f'"""Words."""\n{TRAIN}  # more of them\n')
    assert len(Study.load(study).trials()) == 16
    assert {each.trial_id for each in Study.load(study).trials()} == {row["trial_id"] for row in rows}
    (tmp_path / "train.py").write_text(TRAIN.replace("0.6", "0.61"))
    refused = bench("run", study, "--no-rehearsal", "--out", tmp_path / "out")
    assert refused.returncode == 2
    assert "--supersede" in refused.stderr


@pytest.mark.slow
def test_data_sets_lie_for_a_trial_where_they_lie_for_the_runner(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "train.py").write_text(
        "from bench.data import data_root\n\n\ndef train(trial):\n"
        "    there = (data_root() / 'mark').is_file() and trial.settings['gain'] >= 0\n"
        "    return {'test_correct': [there]}\n"
    )
    (tmp_path / "study" / "study.toml").write_text(STUDY.replace("seeds = 8", "seeds = 1"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mark").touch()
    command = [sys.executable, "-m", "bench", "run", "study/study.toml", "--out", "out", "--no-rehearsal"]
    environment = {key: value for key, value in os.environ.items() if key != "BENCH_DATA"}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=300)
    rows = [row for file in (tmp_path / "out" / "trials").iterdir() for row in pq.read_table(file).to_pylist()]
    assert [row["test_correct"] for row in rows] == [1, 1]
