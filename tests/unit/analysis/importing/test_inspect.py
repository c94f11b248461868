"""Inspect: a row for each log and epoch, with the samples that each got right, from both of its formats."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from analysis.cli import main

RIGHT = {"small": "CICICIIC", "large": "CCCICCPC"}
"""Scores of eight samples."""


def spec(model: str, seed: int | None = None, **more: Any) -> dict[str, Any]:
    config = {} if seed is None else {"seed": seed}
    asked = {"task": "quiz", "model": f"mock/{model}", "task_args": {"shots": 2}, "model_generate_config": config}
    return {"version": 2, "status": "success", "eval": asked, "plan": {"config": config}} | more


def samples(letters: str, epoch: int = 1, scorer: str = "match") -> list[dict[str, Any]]:
    return [
        {
            "id": i,
            "epoch": epoch,
            "input": f"question {i}",
            "target": "x",
            "metadata": {"passage": f"passage {(i - 1) // 2}"},
            "scores": {scorer: {"value": letter}},
        }
        for i, letter in enumerate(letters, 1)
    ]


def results(letters: str, scorer: str = "match") -> dict[str, Any]:
    accuracy = float(np.mean([{"C": 1, "P": 0.5, "I": 0}[letter] for letter in letters]))
    metrics = {"accuracy": {"name": "accuracy", "value": accuracy}, "stderr": {"name": "stderr", "value": 0.1}}
    return {"scores": [{"name": scorer, "scorer": scorer, "metrics": metrics}]}


def packed(path: Path, header: dict[str, Any] | None, rows: list[dict[str, Any]], start: dict[str, Any]) -> Path:
    """Write a log as Inspect does: one of a run that was killed has no header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("_journal/start.json", json.dumps({key: start[key] for key in ("version", "eval", "plan")}))
        for row in rows:
            file.writestr(f"samples/{row['id']}_epoch_{row['epoch']}.json", json.dumps(row))
        if header is not None:
            file.writestr("header.json", json.dumps(header))
    return path


def log(path: Path, model: str, letters: str, seed: int | None = None, **more: Any) -> Path:
    rows, header = samples(letters), spec(model, seed, results=results(letters), **more)
    if path.suffix == ".eval":
        return packed(path, header, rows, header)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(header | {"samples": rows[::-1]}))
    return path


def imported(path: Path, *options: str) -> list[dict[str, Any]]:
    out = path.parent / "out.parquet"
    assert main(["import", "inspect", str(path), "--out", str(out), *options]) == 0
    return pq.read_table(out).to_pylist()


def bits(row: dict[str, Any]) -> list[int]:
    return np.unpackbits(np.frombuffer(row["test_bits"], np.uint8), count=row["test_total"]).tolist()


@pytest.mark.parametrize("end", [".eval", ".json"])
def test_each_log_is_a_row_with_its_metrics_and_samples(tmp_path: Path, end: str) -> None:
    for seed in (1, 2):
        log(tmp_path / f"logs/s{seed}{end}", "small", "CICICIIC", seed)
        log(tmp_path / f"logs/l{seed}{end}", "large", "CCCICCIC", seed)
    found = imported(tmp_path / "logs")
    assert [(row["task"], row["condition"], row["seed"], row["status"]) for row in found] == [
        ("quiz", f"mock/{model}", seed, "ok") for model in ("large", "small") for seed in (1, 2)
    ]
    assert [row["accuracy"] for row in found] == [0.75, 0.75, 0.5, 0.5]
    assert bits(found[0]) == [1, 1, 1, 0, 1, 1, 0, 1]
    assert (found[2]["test_correct"], found[2]["test_total"]) == (4, 8)
    assert "stderr" not in found[0]
    assert np.frombuffer(found[0]["test_groups"], "<i8").tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_one_log_in_either_format_is_the_same_row(tmp_path: Path) -> None:
    rows = [imported(log(tmp_path / end / f"a.{end}", "small", "CICICIIC"))[0] for end in ("eval", "json")]
    assert rows[0] | {"run": ""} == rows[1] | {"run": ""}


def test_partial_credit_counts_in_the_metric_and_gives_no_bits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log(tmp_path / "logs/a.eval", "small", RIGHT["small"])
    log(tmp_path / "logs/b.eval", "large", RIGHT["large"])
    found = imported(tmp_path / "logs")
    assert [row["accuracy"] for row in found] == [0.5, 0.8125]
    assert [row["test_bits"] is None for row in found] == [False, True]
    assert "match in task 'quiz' is not known by example in 1 runs: b.eval" in capsys.readouterr().err


def test_each_epoch_of_a_log_is_a_run_and_its_accuracy_that_of_its_samples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for model, letters in (("small", ("CCII", "CIII", "IIII")), ("large", ("CCCC", "CCCI", "CCII"))):
        rows = [row for epoch, each in enumerate(letters, 1) for row in samples(each, epoch)]
        header = spec(model, results=results("".join(letters)))
        packed(tmp_path / f"logs/{model}.eval", header, rows, header)
    found = imported(tmp_path / "logs")
    assert [(row["condition"], row["seed"], row["accuracy"]) for row in found] == [
        ("mock/large", 1, 1.0), ("mock/large", 2, 0.75), ("mock/large", 3, 0.5),
        ("mock/small", 1, 0.5), ("mock/small", 2, 0.25), ("mock/small", 3, 0.0),
    ]  # fmt: skip
    assert bits(found[4]) == [1, 0, 0, 0]
    assert "seed from 'epoch'" in capsys.readouterr().err


def test_a_log_that_was_killed_cancelled_or_in_error_has_failed(tmp_path: Path) -> None:
    start = spec("small", 1)
    packed(tmp_path / "logs/a.eval", None, samples("CI"), start)
    log(tmp_path / "logs/b.eval", "small", "CI", 2, status="cancelled")
    log(tmp_path / "logs/c.eval", "small", "CI", 3, status="error", error={"message": "no key"})
    log(tmp_path / "logs/d.eval", "small", "CI", 4)
    found = imported(tmp_path / "logs")
    assert [(row["seed"], row["status"], row["error"]) for row in found] == [
        (1, "failed", "status 'started'"), (2, "failed", "status 'cancelled'"),
        (3, "failed", "status 'error': no key"), (4, "ok", None),
    ]  # fmt: skip
    assert [row["test_bits"] is None for row in found] == [True, True, True, False]


def test_samples_without_a_score_and_other_samples_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = samples("CICI")
    rows[1] = {key: value for key, value in rows[1].items() if key != "scores"} | {"error": {"message": "timeout"}}
    header = spec("small", 1, results=results("CCI"))
    packed(tmp_path / "logs/a.eval", header, rows, header)
    log(tmp_path / "logs/b.eval", "small", "CICI", 2)
    log(tmp_path / "logs/c.eval", "small", "CIC", 3)
    found = imported(tmp_path / "logs")
    assert [row["test_bits"] is None for row in found] == [True, False, True]
    said = capsys.readouterr().err
    assert "a.eval: 1 of 4 samples have no score, and do not count" in said
    assert "not all runs have the same documents, so that test_bits are left out of some: c.eval" in said


def test_several_scorers_and_scores_of_several_values_have_names_of_their_own(tmp_path: Path) -> None:
    rows = samples("CICI")
    for row in rows:
        row["scores"]["judge"] = {"value": {"polite": True, "right": row["id"] > 3}}
    scores = [
        *results("CICI")["scores"],
        {"name": "polite", "scorer": "judge", "metrics": {"mean": {"value": 1.0}}},
        {"name": "right", "scorer": "judge", "metrics": {"mean": {"value": 0.25}}},
    ]
    header = spec("small", 1, results={"scores": scores})
    path = packed(tmp_path / "a.eval", header, rows, header)
    (row,) = imported(path)
    assert (row["match.accuracy"], row["polite.mean"], row["right.mean"], row["test_correct"]) == (0.5, 1.0, 0.25, 2)
    assert bits(imported(path, "--metric", "judge.right")[0]) == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.json", b"{}", "is no log of Inspect"),
        ("a.json", b"[", "cannot be read as JSON"),
        ("a.eval", b"PK\x03\x04", "cannot be read as a zip of Inspect"),
        ("a.json", b'{"eval": {"model": "m"}, "samples": [3]}', "no mappings with an id"),
    ],
)
def test_a_broken_log_is_refused_by_name(
    tmp_path: Path, name: str, content: bytes, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert main(["import", "inspect", str(path), "--out", str(tmp_path / "o.csv")]) == 2
    said = capsys.readouterr().err
    assert name in said
    assert why in said


def test_a_log_that_this_python_cannot_unpack_says_what_can(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = log(tmp_path / "a.eval", "small", "CI")
    method = zipfile.ZIP_DEFLATED.to_bytes(2, "little")
    content = path.read_bytes()
    directory = content.index(b"PK\x01\x02")
    local, central = content[:directory], content[directory:]
    local = local[:8] + (93).to_bytes(2, "little") + local[10:]
    central = central.replace(method, (93).to_bytes(2, "little"), 1)
    path.write_bytes(local + central)
    assert main(["import", "inspect", str(path), "--out", str(tmp_path / "o.csv")]) == 2
    assert "inspect log convert" in capsys.readouterr().err


def test_another_json_in_the_folder_is_named_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log(tmp_path / "logs/a.json", "small", "CI")
    (tmp_path / "logs/logs.json").write_text("{}")
    assert len(imported(tmp_path / "logs")) == 1
    assert "no logs of Inspect, and left out: logs.json" in capsys.readouterr().err


def test_clusters_are_of_the_field_that_is_given_or_of_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = log(tmp_path / "a.eval", "small", "CICICIIC")
    imported(path)
    assert "test_groups in task 'quiz': 4 clusters, each of examples with one 'passage'" in capsys.readouterr().err
    assert "test_groups" not in imported(path, "--cluster", "none")[0]
    assert main(["import", "inspect", str(path), "--out", str(tmp_path / "o.csv"), "--cluster", "pasage"]) == 2
    assert "did you mean 'passage'?" in capsys.readouterr().err
