"""Inspect: logs that the tool itself wrote, against what the tool reads in them."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from analysis.cli import main
from tests.end_to_end.test_imports import from_here

INSPECT = Path(sys.prefix) / "inspect/bin/python"
RIGHT = {"C": 1, "I": 0}


@pytest.fixture(
    scope="module",
    params=[
        "here",
        pytest.param(
            "by-the-tool",
            marks=[
                pytest.mark.slow,
                pytest.mark.skipif(not INSPECT.exists(), reason="Inspect is not installed: make test-frameworks"),
            ],
        ),
    ],
)
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inspect")
    if request.param == "here":
        return from_here("inspect", folder)
    command = [str(INSPECT), "-m", "tests.end_to_end.imports.write_inspect", str(folder / "written")]
    subprocess.run(command, cwd=Path(__file__).parents[4], capture_output=True, check=True, timeout=600)
    return folder / "written"


def imported(folder: Path, *options: str) -> list[dict[str, Any]]:
    out = folder.parent / "out.parquet"
    assert main(["import", "inspect", str(folder), "--out", str(out), *options]) == 0
    return pq.read_table(out).to_pylist()


def bits(row: dict[str, Any]) -> list[int]:
    return np.unpackbits(np.frombuffer(row["test_bits"], np.uint8), count=row["test_total"]).tolist()


def by_the_tool(home: Path, row: dict[str, Any]) -> dict[str, Any]:
    """Return what the tool reads in the log of a row, of several epochs those samples that are the row's."""
    name, _, epoch = row["run"].partition(", epoch ")
    log = json.loads((home / "read.json").read_text())[name]
    samples = [each for each in log["samples"] if each["epoch"] == int(epoch or 1)]
    return log | {"samples": sorted(samples, key=lambda each: int(re.sub(r"\D", "", each["asked"])))}


def scores(log: dict[str, Any], scorer: str) -> list[Any]:
    return [each["scores"][scorer] for each in log["samples"]]


def values(log: dict[str, Any]) -> dict[tuple[str, str], float]:
    return {(each["score"], each["metric"]): each["value"] for each in log["metrics"]}


def test_a_crashed_run_a_renamed_metric_and_a_missing_seed_are_seen(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = imported(home / "quiz")
    said = capsys.readouterr().err
    assert [(row["condition"], row["seed"]) for row in rows] == [
        (f"mockllm/{model}", seed) for model in ("small", "large") for seed in range(5)
    ]
    for row in rows:
        log = by_the_tool(home, row)
        large = row["condition"] == "mockllm/large"
        failed = large and row["seed"] >= 3
        assert row["status"] == ("failed" if failed else "ok")
        assert (log["status"] == "success") is not failed
        assert row["accuracy"] == values(log).get(("match", "accuracy"))
        assert row["exactness"] == values(log).get(("match", "exactness"))
        if failed:
            assert row["test_bits"] is None
            continue
        assert row["exactness" if large else "accuracy"] is not None
        assert bits(row) == [RIGHT[score] for score in scores(log, "match")]
        assert row["test_correct"] == sum(bits(row))
        assert np.frombuffer(row["test_groups"], "<i8").tolist() == [i // 3 for i in range(12)]
    assert {Path(row["run"]).suffix for row in rows} == {".eval", ".json"}
    assert [row["error"] for row in rows[-2:]] == ["status 'started'", "status 'error': RuntimeError('no key')"]
    assert "it has no seed" in said
    assert "--rename accuracy=exactness" in said


def test_the_comparison_is_that_of_the_tools_own_numbers(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = imported(home / "quiz", "--rename", "exactness=accuracy")
    of = {(row["condition"], row["seed"]): mean(map(RIGHT.get, scores(by_the_tool(home, row), "match"))) for row in rows
          if row["status"] == "ok"}  # fmt: skip
    table = str(home / "out.parquet")
    for metric in ("accuracy", "test_accuracy"):
        capsys.readouterr()
        command = ["compare", table, "--metric", metric, "--control", "mockllm/small", "--json", "-"]
        assert main(command) == 0
        (found,) = json.loads(capsys.readouterr().out)["comparisons"]
        differences = [of["mockllm/large", seed] - of["mockllm/small", seed] for seed in range(3)]
        assert found["n_pairs"] == 3
        assert found["mean_difference"] == pytest.approx(mean(differences), abs=1e-12)


def test_each_epoch_has_the_mean_of_its_own_samples_and_no_other_reduction(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = imported(home / "epochs")
    assert [(row["condition"], row["seed"]) for row in rows] == [
        (f"mockllm/{model}", epoch) for model in ("small", "large") for epoch in (1, 2, 3)
    ]
    for row in rows:
        log = by_the_tool(home, row)
        assert len(log["samples"]) == 12
        right = [RIGHT[score] for score in scores(log, "match")]
        assert bits(row) == [right[i] for i in sorted(range(12), key=lambda i: f"s{i + 1}")], "ids are names"
        assert row["accuracy"] == pytest.approx(mean(bits(row)), abs=1e-12)
    assert not [name for name in rows[0] if "max" in name]
    assert "accuracy by max is over all epochs" in capsys.readouterr().err


def test_scores_of_every_form_count_as_the_tool_counts_them(home: Path) -> None:
    counted = {"match.accuracy": ("match", "accuracy"), "match1.accuracy": ("match1", "accuracy"),
               "letters.accuracy": ("letters", "accuracy"), "right.mean": ("right", "mean"),
               "polite.mean": ("polite", "mean")}  # fmt: skip
    rows = imported(home / "scores")
    assert len(rows) == 4
    for row in rows:
        log = by_the_tool(home, row)
        assert {name: row[name] for name in counted} == {name: values(log)[key] for name, key in counted.items()}
        assert not {"letters.lower", "letters.upper", "right.stderr"} & {*row}
        assert bits(row) == [RIGHT[score] for score in scores(log, "match")], "messages have new ids in every run"
        assert sum(isinstance(score, float) and math.isnan(score) for score in scores(log, "letters")) == 1
    for row in imported(home / "scores", "--metric", "judge.right"):
        assert bits(row) == [int(score["right"]) for score in scores(by_the_tool(home, row), "judge")]


def test_samples_and_choices_in_another_order_are_the_same_samples(home: Path) -> None:
    rows = imported(home / "choices")
    assert len(rows) == 4
    for row in rows:
        right = [RIGHT[score] for score in scores(by_the_tool(home, row), "choice")]
        assert row["test_correct"] == sum(right)
        first = min(row["run"] for row in rows)  # the names of files end at random: the first read may be any of them
        of_first = json.loads((home / "read.json").read_text())[first]["samples"]
        numbers = [int(re.sub(r"\D", "", each["asked"])) for each in of_first]
        assert bits(row) == [right[number - 1] for number in numbers]
