"""Inspect: a row for each log and epoch, with the samples that each got right, from both of its formats."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
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


def in_frames(path: Path) -> Path:
    """Pack a log again by Zstandard, each member in two frames, as Inspect packs large ones."""
    codec = pa.Codec("zstd")
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w") as file:
        for name, plain in members.items():
            halves = plain[: len(plain) // 2], plain[len(plain) // 2 :]
            file.writestr(name, b"".join(codec.compress(half, asbytes=True) for half in halves))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        central = file.start_dir
        for about in file.infolist():
            plain = members[about.filename]
            for start, method, checksum, size in ((about.header_offset, 8, 14, 22), (central, 10, 16, 24)):
                struct.pack_into("<H", content, start + method, 93)
                struct.pack_into("<I", content, start + checksum, zlib.crc32(plain))
                struct.pack_into("<I", content, start + size, len(plain))
            central += 46 + len(about.filename)
    path.write_bytes(content)
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
    local = local[:8] + (95).to_bytes(2, "little") + local[10:]
    central = central.replace(method, (95).to_bytes(2, "little"), 1)
    path.write_bytes(local + central)
    assert main(["import", "inspect", str(path), "--out", str(tmp_path / "o.csv")]) == 2
    assert "inspect log convert" in capsys.readouterr().err


def test_a_log_in_frames_of_zstandard_is_read_whole_and_a_damaged_one_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = log(tmp_path / "a.eval", "small", "CICICIIC")
    plain = imported(path)
    assert imported(in_frames(path)) == plain
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        about = file.getinfo("samples/4_epoch_1.json")
    start = about.header_offset + 30 + len(about.filename)
    for fault in ({start + 20: 255}, {file.start_dir + 16: 0}):
        damaged = bytearray(content)
        for place, change in fault.items():
            damaged[place] ^= change or 1
        path.write_bytes(damaged)
        assert main(["import", "inspect", str(path), "--out", str(tmp_path / "o.csv")]) == 2
        assert "a.eval" in capsys.readouterr().err


def test_an_epoch_has_no_mean_where_scores_are_no_numbers_or_the_metric_is_no_mean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row for epoch in (1, 2) for row in samples("CCII", epoch)]
    header = spec("small", results=results("CCCC"))  # 'I' was the right one
    (first, second) = imported(packed(tmp_path / "a.eval", header, rows, header))
    assert "accuracy" not in first
    assert "accuracy is over all epochs of a.eval, and left out of each" in capsys.readouterr().err
    assert bits(second) == [1, 1, 0, 0]
    rows[2]["scores"]["match"]["value"] = "unknown"
    found = imported(packed(tmp_path / "a.eval", header, rows, header))
    assert "accuracy" not in found[0]
    assert [row["test_bits"] is None for row in found] == [True, False]


def test_the_mean_of_an_epoch_is_over_the_samples_that_it_scored(tmp_path: Path) -> None:
    rows = [row for epoch in (1, 2) for row in samples("CCII", epoch)]
    rows[7]["scores"]["match"]["value"] = float("nan")
    header = spec("small", results=results("CCCIII"))
    path = packed(tmp_path / "a.eval", header, rows, header)
    assert [row["accuracy"] for row in imported(path)] == [0.5, 2 / 3]
    rows[0]["scores"]["match"]["value"] = "unknown"
    assert "accuracy" not in imported(packed(path, header, rows, header))[0]


def test_samples_whose_only_score_is_nan_do_not_count_and_words_of_graders_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = samples("CICI")
    for row, value in zip(rows, ("YES", "True", "no", 0.0), strict=True):
        row["scores"]["match"]["value"] = value
    header = spec("small", 1, results=results("CCII"))
    path = packed(tmp_path / "a.eval", header, rows, header)
    assert bits(imported(path)[0]) == [1, 1, 0, 0]
    rows[3]["scores"]["match"]["value"] = float("nan")
    assert "test_bits" not in imported(packed(tmp_path / "a.eval", header, rows, header))[0]
    assert "a.eval: 1 of 4 samples have no score, and do not count" in capsys.readouterr().err


def test_a_log_without_samples_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = spec("small", 1, results=results("CCII"))
    header["eval"]["config"] = {"epochs": 3}
    (row,) = imported(packed(tmp_path / "a.eval", header, [], header))
    assert row["accuracy"] == 0.5
    assert "without samples, so that it has no test_bits; its metrics are over its 3 epochs" in capsys.readouterr().err


def test_metadata_limits_and_arguments_of_the_solver_are_settings(tmp_path: Path) -> None:
    for i, limit in enumerate((10, 20)):
        header = spec("small", i, results=results("CI"), metadata={"arm": "a"}, tags=["x"])
        header["eval"] |= {"config": {"message_limit": limit}, "solver_args": {"depth": limit}}
        packed(tmp_path / f"logs/{i}.eval", header, samples("CI"), header)
    options = ("--condition-column", "message_limit", "--seed-column", "config.seed", "--where", "metadata.arm=a")
    found = imported(tmp_path / "logs", *options)
    assert [(row["condition"], row["solver_args.depth"]) for row in found] == [("10", 10), ("20", 20)]


def test_the_seed_is_the_one_of_several_that_varies(tmp_path: Path) -> None:
    for seed in (1, 2):
        header = spec("small", seed, results=results("CI"))
        header["eval"]["task_args"] = {"seed": 42}
        packed(tmp_path / f"logs/{seed}.eval", header, samples("CI"), header)
    assert [row["seed"] for row in imported(tmp_path / "logs")] == [1, 2]


def test_samples_that_ask_the_same_are_distinguished_by_their_ids(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed, ids in enumerate(("abcd", "abce")):
        rows = [each | {"id": name, "input": "solve it"} for each, name in zip(samples("CICI"), ids, strict=True)]
        header = spec("small", seed, results=results("CICI"))
        packed(tmp_path / f"logs/{seed}.eval", header, rows, header)
    assert [row["test_bits"] is None for row in imported(tmp_path / "logs")] == [False, True]
    assert "not all runs have the same documents" in capsys.readouterr().err


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


def test_a_run_that_does_not_say_its_clusters_is_in_those_of_the_others(tmp_path: Path) -> None:
    log(tmp_path / "logs/a.eval", "small", "CICICIIC", 1)
    header = spec("small", 2, results=results("CICICIIC"))
    rows = [{key: value for key, value in row.items() if key != "metadata"} for row in samples("CICICIIC")]
    packed(tmp_path / "logs/b.eval", header, rows, header)
    found = imported(tmp_path / "logs")
    assert [row["test_groups"] is None for row in found] == [False, True]
    assert all(row["test_bits"] for row in found)
