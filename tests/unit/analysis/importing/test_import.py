"""``analysis import``: which setting is what, what cannot be used, and what is refused; by tables of wandb."""

from __future__ import annotations

import csv
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analysis.cli import main

HEADER = "Name,State,Notes,method,dropout,lr,seed,_step,test_acc,test_loss"
ROWS = [
    f"{method}-{seed},finished,-,{method},{dropout},0.1,{seed},99,{accuracy:.4f},{1 - accuracy:.4f}"
    for method, dropout, base in (("plain", 0, 0.85), ("noisy", 0.3, 0.86))
    for seed, accuracy in ((seed, base + 0.001 * seed) for seed in range(4))
]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return written(tmp_path / "runs.csv", HEADER, *ROWS)


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([*lines, ""]))
    return path


def imported(path: Path, *options: str) -> list[dict[str, Any]]:
    out = path.parent / "out.parquet"
    assert main(["import", "wandb", str(path), "--out", str(out), *options]) == 0
    return pq.read_table(out).to_pylist()


def refused(capsys: pytest.CaptureFixture[str], path: Path, *options: str, out: str = "out.parquet") -> str:
    file = path.parent / out
    assert main(["import", "wandb", str(path), "--out", str(file), *options]) == 2
    assert not file.exists()
    return " ".join(capsys.readouterr().err.split())


def test_the_known_name_that_varies_is_the_condition_and_what_varies_beside_it_is_kept(export: Path) -> None:
    found = imported(export)
    assert [(row["condition"], row["seed"]) for row in found] == [(m, s) for m in ("plain", "noisy") for s in range(4)]
    assert [*found[0]] == ["condition", "seed", "status", "dropout", "test_acc", "test_loss", "error", "run"]
    assert found[5]["test_acc"] == 0.861
    assert [found[0]["dropout"], found[5]["dropout"]] == [0.0, 0.3]


def test_the_account_says_which_run_became_what(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(export, "--json", "-")
    printed = capsys.readouterr()
    account = json.loads(printed.out)
    assert account["rows"][1] == {
        "run": "plain-1",
        "condition": "plain",
        "seed": 1,
        "task": None,
        "status": "ok",
        "error": "",
    }
    assert (account["condition_from"], account["seed_from"]) == (["method"], "seed")
    assert "condition from 'method', seed from 'seed'" in printed.err
    assert "plain 0-3 plain-0, plain-1, plain-2, ... (4)" in " ".join(printed.err.split())


def test_crashed_and_running_runs_are_rows_that_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [*ROWS]
    rows[1] = "plain-1,crashed,-,plain,0,0.1,1,3,,"
    rows[2] = "plain-2,running,-,plain,0,0.1,2,3,0.5,0.5"
    found = imported(written(tmp_path / "runs.csv", HEADER, *rows))
    assert [row["status"] for row in found] == ["ok", "failed", "failed", *["ok"] * 5]
    assert [row["error"] for row in found[:3]] == [None, "state 'crashed'", "state 'running'"]
    assert "failed: plain-1 (plain, seed 1): state 'crashed'" in capsys.readouterr().err


def test_a_loss_that_is_no_number_is_a_run_that_diverged_in_either_file(tmp_path: Path) -> None:
    export = written(tmp_path / "runs.csv", HEADER, *ROWS[1:], ROWS[0].replace("0.8500,0.1500", "0.1000,NaN"))
    for name in ("out.parquet", "out.csv"):
        assert main(["import", "wandb", str(export), "--out", str(tmp_path / name)]) == 0
        out = tmp_path / name
        call = ["compare", str(out), "--metric", "test_loss", "--control", "plain", "--json", str(tmp_path / "c.json")]
        assert main(call) == 0
        assert json.loads((tmp_path / "c.json").read_text())["divergence"][0]["n_diverged"] == 1
    assert [row["status"] for row in imported(export)] == ["diverged", *["ok"] * 7]


def test_runs_without_a_seed_are_left_out_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [*ROWS[:-1], ROWS[-1].replace(",0.1,3,", ",0.1,,")]
    assert len(imported(written(tmp_path / "runs.csv", HEADER, *rows))) == 7
    assert "not used: noisy-3: it has no seed" in capsys.readouterr().err


def test_a_failed_run_gives_way_to_its_repetition(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = ROWS[1].replace("plain-1,finished", "first-try,failed").replace(",0.8510,0.1490", ",,")
    found = imported(written(tmp_path / "runs.csv", HEADER, again, *ROWS))
    assert [row["run"] for row in found[:2]] == ["plain-0", "plain-1"]
    assert "not used: first-try: it failed (state 'failed'), and plain-1 is the same" in capsys.readouterr().err


def test_repeated_runs_are_refused_by_the_setting_that_distinguishes_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = written(tmp_path / "runs.csv", HEADER, *ROWS, *(row.replace(",0.1,", ",0.01,") for row in ROWS))
    said = refused(capsys, export)
    assert "setting 'lr' distinguishes" in said
    assert "condition 'plain', seed 0 comes 2 times (plain-0, plain-0)" in said
    labels = {row["condition"] for row in imported(export, "--condition-column", "method", "--condition-column", "lr")}
    assert labels == {f"method={method}, lr={lr}" for method in ("plain", "noisy") for lr in ("0.1", "0.01")}
    assert {row["task"] for row in imported(export, "--task", "lr")} == {"0.1", "0.01"}
    assert len(imported(export, "--where", "lr=0.01")) == 8
    assert "no run has that value" in refused(capsys, export, "--where", "lr=3", out="other.parquet")


def test_several_possible_conditions_are_refused_with_what_varies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = written(
        tmp_path / "runs.csv", f"{HEADER},model", *(f"{row},{'a' if i % 2 else 'b'}" for i, row in enumerate(ROWS))
    )
    said = refused(capsys, export)
    assert "may be any of 'method', 'model': give --condition-column SETTING" in said
    assert "dropout ('0', '0.3')" in said
    assert {row["condition"] for row in imported(export, "--condition-column", "method")} == {"plain", "noisy"}


def test_the_only_setting_that_varies_is_the_condition(tmp_path: Path) -> None:
    export = written(
        tmp_path / "runs.csv", HEADER, *(row.replace(",plain,", ",m,").replace(",noisy,", ",m,") for row in ROWS)
    )
    assert {row["condition"] for row in imported(export)} == {"0", "0.3"}


def test_without_a_known_seed_the_option_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = written(tmp_path / "runs.csv", HEADER.replace(",seed,", ",attempt_no,"), *ROWS)
    assert "give --seed-column SETTING" in refused(capsys, export)
    assert [row["seed"] for row in imported(export, "--seed-column", "attempt_no")][:4] == [0, 1, 2, 3]
    assert "did you mean 'attempt_no'?" in refused(capsys, export, "--seed-column", "atempt_no", out="other.parquet")


def test_per_cent_is_divided_only_where_that_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row.rsplit(",", 2)[0] + f",{85 + i},0.5" for i, row in enumerate(ROWS)]
    export = written(tmp_path / "runs.csv", HEADER, *rows)
    assert [row["test_acc"] for row in imported(export)][:2] == [85.0, 86.0]
    assert "--percent divides it by 100" in capsys.readouterr().err
    found = imported(export, "--percent")
    assert [(row["test_acc"], row["test_loss"]) for row in found][:2] == [(0.85, 0.5), (0.86, 0.5)]


def test_settings_that_differ_within_a_condition_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row.replace(",0.1,", ",0.5,") if "noisy-3" in row or "noisy-2" in row else row for row in ROWS]
    imported(written(tmp_path / "runs.csv", HEADER, *rows))
    assert "setting 'lr' differs between runs of one condition (noisy)" in capsys.readouterr().err


def test_a_csv_shows_no_formula_and_parquet_keeps_the_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "=HYPERLINK(1)"
    export = written(tmp_path / "runs.csv", HEADER, *(row.replace(",noisy,", f",{hostile},") for row in ROWS))
    assert imported(export)[-1]["condition"] == hostile
    out = tmp_path / "out.csv"
    assert main(["import", "wandb", str(export), "--out", str(out)]) == 0
    with out.open(newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert f"'{hostile}" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert "has an apostrophe in front" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"Name,State,seed\na,finished\n", "line 2 has 2 cells"),
        (b"Name,Name\na,b\n", "several columns of one name"),
        (b'Name,method\n"a,b\n', "cannot be read as a CSV"),
        (b"Name,method\n\xff,b\n", "is no UTF-8 text"),
        (b"Name,State\na,finished\n", "has no run with a setting or metric"),
    ],
)
def test_a_malformed_table_is_refused_by_name(
    tmp_path: Path, content: bytes, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "runs.csv"
    path.write_bytes(content)
    said = refused(capsys, path)
    assert "runs.csv" in said
    assert why in said


@pytest.mark.parametrize(
    ("out", "why"), [("out.xlsx", ".parquet or .csv"), ("runs.csv", "is what is read"), ("a/b.csv", "No such")]
)
def test_a_file_that_cannot_be_written_is_refused_first(
    export: Path, out: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = export.read_bytes()
    assert main(["import", "wandb", str(export), "--out", str(export.parent / out)]) == 2
    assert why in capsys.readouterr().err
    assert export.read_bytes() == before


def record(content: bytes, kind: int = 1) -> bytes:
    return struct.pack("<IHB", zlib.crc32(content, zlib.crc32(bytes([kind]))), len(content), kind) + content


def test_a_log_in_many_blocks_is_put_together_and_a_broken_one_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A setting as long as three blocks of LevelDB's framing, which a record may not cross."""
    config = {"text": "x" * 90_000, "seed": 7, "method": "m"}
    items = [field(1, field(1, key.encode()) + field(16, json.dumps(value).encode())) for key, value in config.items()]
    content = field(17, field(1, b"id") + field(8, b"long") + field(4, b"".join(items)))
    log, rest, first = b":W&B\xe1\xbe\0", content, True
    while rest:
        room = 32768 - len(log) % 32768 - 7
        part, rest = rest[:room], rest[room:]
        log += record(part, 2 if first else 3 if rest else 4)
        first = False
    log += record(field(3, field(1, field(1, b"acc") + field(16, b"0.5"))))
    ended = log + record(field(18, b"\x08\0"))
    path = tmp_path / "run-id.wandb"
    path.write_bytes(ended)
    (row,) = imported(path)
    assert (row["condition"], row["seed"], row["acc"], row["status"]) == ("m", 7, 0.5, "ok")
    for cut in (len(log), len(ended) - 1):
        path.write_bytes(ended[:cut])
        assert imported(path)[0]["error"] == "its log has no end: it was killed, or is still running"
    path.write_bytes(ended.replace(b"xxxx", b"xxxy", 1))
    (tmp_path / "out.parquet").unlink()
    assert "the checksum of the record at byte 7 is wrong" in refused(capsys, path)


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def test_an_export_that_went_through_a_spreadsheet_has_the_same_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [HEADER, *ROWS]
    (tmp_path / "a").mkdir()
    plain = imported(written(tmp_path / "a" / "runs.csv", *lines))
    german = [line.replace(",", ";").replace(".", ",") for line in lines]
    path = tmp_path / "runs.csv"
    path.write_bytes("\r\n".join(["\ufeff" + german[0], *german[1:]]).encode())
    assert imported(path) == plain
    assert "runs.csv: read as semicolon-separated with decimal commas" in capsys.readouterr().err
    path.write_bytes("\n".join(["sep=;", *german, ";" * HEADER.count(","), ""]).encode("utf-16"))
    capsys.readouterr()
    assert imported(path) == plain
    assert "not used: runs.csv" not in capsys.readouterr().err, "a row that was emptied is no run"
    signed = [HEADER, *(row.rsplit(",", 2)[0] + f",{85 + i / 10} %,0.5" for i, row in enumerate(ROWS))]
    assert imported(written(path, *signed))[1]["test_acc"] == 0.851
    assert "per cent signs in test_acc: divided by 100" in capsys.readouterr().err


def test_two_sweeps_in_one_export_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"{HEADER},Sweep", *(f"{row},{sweep}" for sweep in ("first", "second") for row in ROWS)]
    export = written(tmp_path / "runs.csv", *lines)
    assert "--where sweep=first keeps one of its 2 values" in refused(capsys, export)
    assert len(imported(export, "--where", "sweep=second")) == 8


def test_a_rate_of_one_seed_is_a_setting_where_it_is_asked_for(tmp_path: Path) -> None:
    """Its values differ in every run, as those of a metric do."""
    lines = ("Name,State,rate,seed,acc", *(f"r{i},finished,0.{i},0,0.8{i}" for i in range(4)))
    found = imported(written(tmp_path / "runs.csv", *lines), "--condition-column", "rate")
    assert [(row["condition"], row["acc"]) for row in found] == [
        ("0", 0.8),
        ("0.1", 0.81),
        ("0.2", 0.82),
        ("0.3", 0.83),
    ]


def test_where_takes_numbers_as_numbers(export: Path) -> None:
    assert len(imported(export, "--where", "dropout=0.30")) == 4
    assert len(imported(export, "--where", "lr=.1")) == 8


def test_a_setting_that_differs_between_two_runs_of_a_condition_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = [row for row in ROWS if row.split(",")[6] in "01"]
    imported(written(tmp_path / "runs.csv", HEADER, *pairs[:-1], pairs[-1].replace(",0.1,1,", ",0.5,1,")))
    assert "setting 'lr' differs between runs of one condition (noisy)" in capsys.readouterr().err
    by_seed = [row.replace(",0.1,", f",0.{row.split(',')[6]}5,") for row in ROWS]
    imported(written(tmp_path / "runs.csv", HEADER, *by_seed))
    assert "lr" not in capsys.readouterr().err, "the seed decides it, in both conditions alike"


def test_a_number_that_no_float_holds_is_infinite(tmp_path: Path) -> None:
    assert [row["status"] for row in imported(
        written(tmp_path / "runs.csv", HEADER, *ROWS[1:], ROWS[0].replace("0.8500,0.1500", f"0.1,{10**400}"))
    )] == ["diverged", *["ok"] * 7]  # fmt: skip


def test_a_metric_that_the_summary_lacks_is_the_last_of_its_course(tmp_path: Path) -> None:
    """As with ``define_metric(..., summary="max")``, which puts a mapping there."""
    items = {"method": "m", "seed": 7}
    config = b"".join(
        field(1, field(1, key.encode()) + field(16, json.dumps(value).encode())) for key, value in items.items()
    )
    log = b":W&B\xe1\xbe\0" + record(field(17, field(1, b"id") + field(12, b"sw") + field(4, config)))
    for value in (b"0.9", b"0.6"):
        log += record(field(2, field(1, field(1, b"acc") + field(16, value))))
    log += record(field(3, field(1, field(1, b"acc") + field(16, b'{"max": 0.9}')))) + record(field(18, b"\x08\0"))
    path = tmp_path / "run-id.wandb"
    path.write_bytes(log)
    (row,) = imported(path)
    assert (row["acc"], row["acc.max"]) == (0.6, 0.9)
    assert len(imported(path, "--where", "sweep=sw")) == 1


def test_seeds_without_a_partner_are_named_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row for row in ROWS if not row.startswith("plain-2")]
    rows[-1] = rows[-1].replace("finished", "crashed")
    imported(written(tmp_path / "runs.csv", HEADER, *rows), "--json", "-")
    printed = capsys.readouterr()
    assert json.loads(printed.out)["unpaired"] == [
        {"task": None, "condition": "plain", "seeds": [2], "reason": "no run"},
        {"task": None, "condition": "noisy", "seeds": [3], "reason": "its run failed"},
    ]
    assert "not paired: plain: no run at seed 2, where another condition has a result" in printed.err
    imported(written(tmp_path / "runs.csv", HEADER, *ROWS))
    assert "not paired" not in capsys.readouterr().err


def test_a_dash_in_a_column_of_a_metric_is_an_empty_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"r{i},finished,{'ab'[i % 2]},{i // 2},{'—' if i == 3 else round(0.8 + i / 100, 2)},-" for i in range(6)]
    found = imported(written(tmp_path / "runs.csv", "Name,State,method,seed,test / acc,notes", *rows))
    assert [row["test / acc"] for row in found] == [0.8, 0.82, 0.84, 0.81, None, 0.85]
    assert "metric 'test / acc' is missing in 1 of 6 runs that ended: r3" in capsys.readouterr().err


def test_a_seed_that_is_the_word_none_was_not_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"r{i},finished,None,{'None' if i == 2 else i},0.5" for i in range(3)]
    found = imported(written(tmp_path / "runs.csv", "Name,State,method,seed,acc", *rows))
    assert [(row["condition"], row["seed"]) for row in found] == [("None", 0), ("None", 1)]
    assert "not used: r2: it has no seed" in capsys.readouterr().err


def test_an_export_by_a_script_has_config_and_summary_as_dictionaries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "project.csv"
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["", "summary", "config", "name"])
        for i in range(4):
            config = {"model": {"kind": "ab"[i % 2]}, "seed": i // 2, "layers": (1, 2), "aug": None, "on": True}
            summary = {
                "val loss": float("nan") if i == 3 else 0.5,
                "acc": round(0.8 + i / 100, 2),
                "_step": 9,
                "delta": -0.25,
            }
            out.writerow([i, json.dumps(summary) if i == 0 else str(summary), str(config), f"r{i}"])
    found = imported(path)
    assert [(row["condition"], row["seed"], row["acc"], row["status"]) for row in found] == [
        ("a", 0, 0.8, "ok"), ("a", 1, 0.82, "ok"), ("b", 0, 0.81, "ok"), ("b", 1, 0.83, "diverged"),
    ]  # fmt: skip
    assert [row["delta"] for row in found] == [-0.25] * 4
    assert "which runs crashed is not known" in capsys.readouterr().err
    path.write_text("summary,config,name,state\n\"{'acc': 0.5}\",\"{'method': 1, 'seed': f(2)}\",r,crashed\n")
    (row,) = imported(path)
    assert (row["seed"], row["error"]) == ("f(2)", "state 'crashed'"), "a call is a text, and nothing is called"
    path.write_text("summary,config\nnone,{}\n")
    (tmp_path / "out.parquet").unlink()
    assert "row 1: summary is no dictionary: 'none'" in refused(capsys, path)


def test_a_row_of_means_is_seen_where_all_runs_have_one_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"run,finished,a,{seed},0.5" for seed in ("mean", 1, 2)]
    said = refused(capsys, written(tmp_path / "runs.csv", "Name,State,method,seed,acc", *rows))
    assert "seed is 'mean' in run" in said
    assert "2 other seeds are whole numbers" in said


def test_a_number_that_no_count_can_be_is_no_count(tmp_path: Path) -> None:
    rows = [f"r,finished,a,1,{2**65},{2**65},{2**65}",
            "s,finished,a,2,5,6,6", "t,finished,a,3,7,8,6"]  # fmt: skip
    found = imported(written(tmp_path / "runs.csv", "Name,State,method,seed,test_correct,score/reward,steps", *rows))
    assert [row["test_correct"] for row in found] == [2.0**65, 5.0, 7.0]
    assert [row["score/reward"] for row in found] == [2.0**65, 6.0, 8.0]
    assert [row["steps"] for row in found] == [2.0**65, 6.0, 6.0]
