"""Logs that do not say how a run ended: Lightning's and TensorBoard's folders, and settings in their names."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analysis.cli import main
from analysis.importing.event_files import _masked
from analysis.importing.from_path import settings_of
from analysis.importing.wire import real_of
from tests.end_to_end.test_imports import from_here


def imported(kind: str, path: Path, *options: str) -> list[dict[str, Any]]:
    out = path.parent / "out.parquet"
    assert main(["import", kind, str(path), "--out", str(out), *options]) == 0
    return pq.read_table(out).to_pylist()


def version(folder: Path, settings: str, *rows: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "hparams.yaml").write_text(settings)
    (folder / "metrics.csv").write_text("\n".join(["epoch,step,val_acc,test_acc", *rows, ""]))
    return folder


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("method=a,seed=3", {"method": "a", "seed": "3"}),
        ("method=a_weight_decay=0.1_seed=3", {"method": "a", "weight_decay": "0.1", "seed": "3"}),
        ("lr=0.1,opt=sgd/seed=12", {"lr": "0.1", "opt": "sgd", "seed": "12"}),
        ("dropout/seed_3", {"folder": "dropout", "seed": "3"}),
        ("seed3-dropout", {"folder": "dropout", "seed": "3"}),
        ("mlp_seed-04_b", {"folder": "mlp_b", "seed": "04"}),
        ("linseed7", {"folder": "linseed7"}),
    ],
)
def test_settings_in_the_name_of_a_folder(name: str, expected: dict[str, str]) -> None:
    assert settings_of(Path("runs") / name, Path("runs")) == expected


def test_a_run_that_stopped_early_failed_and_an_early_end_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last but one ended early of itself: it has all that the others have."""
    logs = tmp_path / "lightning_logs"
    whole = ("0,9,0.5,", "1,19,0.6,", "2,20,,0.7")
    version(logs / "version_0", "method: a\nseed: 0\n", *whole)
    version(logs / "version_1", "method: a\nseed: 1\n", whole[0])
    version(logs / "version_2", "method: a\nseed: 2\n", "0,9,0.5,", "1,10,,0.8")
    version(logs / "version_3", "method: a\nseed: 3\n")
    found = imported("lightning", logs)
    assert [row["status"] for row in found] == ["ok", "failed", "ok", "failed"]
    assert [row["error"] for row in found[1::2]] == [
        "it ended at 0, without test_acc, where others end at 2",
        "it has no metrics",
    ]
    assert "1 runs end before 2, where others end, and count as ended: version_2" in capsys.readouterr().err


def test_the_best_epoch_by_a_test_metric_is_warned_of_and_an_unknown_direction_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = tmp_path / "logs"
    folder = version(logs / "version_0", "method: a\nseed: 0\n", "0,9,0.5,0.9", "1,19,0.6,0.8")
    assert imported("lightning", logs, "--epochs", "best:test_acc")[0]["test_acc"] == 0.9
    assert "the best of many looks at the test set flatters" in capsys.readouterr().err
    (folder / "metrics.csv").write_text("epoch,score\n0,3\n1,1\n")
    call = ["import", "lightning", str(logs), "--out", str(tmp_path / "o.csv"), "--epochs", "best:score"]
    assert main(call) == 2
    assert "--higher-is-better or --lower-is-better" in " ".join(capsys.readouterr().err.split())
    assert imported("lightning", logs, "--epochs", "best:score", "--lower-is-better")[0]["score"] == 1
    assert main([*call[:-1], "best:val_acc"]) == 2
    assert "no run has a history of it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("metrics.csv", "epoch,val\n0\n", "line 2 has 1 cells; allowed: 2"),
        ("hparams.yaml", "method: !!python/name:os.system\n", "cannot be read as YAML"),
        ("hparams.yaml", "a: &x\n  b: *x\n", "settings nested more than"),
        ("hparams.yaml", "a0: &a0 {k: 1}\n" + "".join(
            f"a{i}: &a{i} {{{', '.join(f'k{j}: *a{i - 1}' for j in range(9))}}}\n" for i in range(1, 9)
        ), "has more than 20000 settings"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_by_name(
    tmp_path: Path, name: str, content: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last two are settings without end, by an alias for itself and by aliases of aliases."""
    folder = version(tmp_path / "logs/version_0", "method: a\nseed: 0\n", "0,9,0.5,0.9")
    (folder / name).write_text(content)
    assert main(["import", "lightning", str(tmp_path / "logs"), "--out", str(tmp_path / "o.csv")]) == 2
    said = capsys.readouterr().err
    assert str(folder / name) in said
    assert why in said


def test_an_event_file_is_checked_and_one_cut_short_is_read_up_to_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = from_here("tensorboard", tmp_path) / "runs"
    path = next((runs / "method=dropout,dropout=0.3,seed=0").glob("*tfevents*"))
    content = path.read_bytes()
    path.write_bytes(content[:-5])
    assert [row["status"] for row in imported("tensorboard", runs)[5:7]] == ["failed", "ok"]
    for place in (30, 3):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert main(["import", "tensorboard", str(runs), "--out", str(tmp_path / "o.csv")]) == 2
        said = capsys.readouterr().err
        assert str(path) in said
        assert "the checksum of the record at byte 0 is wrong" in said


def test_the_folders_that_keras_makes_are_one_run(tmp_path: Path) -> None:
    written = from_here("tensorboard", tmp_path) / "runs"
    for seed in (0, 1):
        for part, source in (("train", "baseline-0"), ("validation", "baseline-1")):
            folder = tmp_path / f"keras/a/seed_{seed}/{part}"
            folder.mkdir(parents=True)
            file = next((written / source).glob("*tfevents*"))
            (folder / file.name).write_bytes(file.read_bytes())
    found = imported("tensorboard", tmp_path / "keras", "--condition-column", "folder")
    assert [(row["condition"], row["seed"]) for row in found] == [("a", 0), ("a", 1)]
    assert [found[0][f"{part}/val/acc"] for part in ("train", "validation")] == [0.861, 0.858]


def test_numbers_of_four_bytes_are_the_decimal_numbers_that_were_logged() -> None:
    for value in (0.6, 0.8571, 1e-7, 123456.7, 0.0, -2.5):
        assert real_of(struct.pack("<f", value)) == value
    assert real_of(struct.pack("<d", 1 / 3)) == 1 / 3


def test_the_checksum_is_that_of_the_castagnoli_polynomial() -> None:
    """CRC-32C of '123456789' is e3069283 (RFC 3720), here rotated by 15 bits and masked as TensorFlow does."""
    value = 0xE3069283
    assert _masked(b"123456789") == ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF


def events(path: Path, *points: tuple[int, float], restart: int | None = None) -> None:
    """Write scalars of the tag ``acc``, behind the record by which a writer says that it starts again at a step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    messages = [] if restart is None else [b"\x10" + bytes([restart]) + b"\x3a\x02\x08\x01"]
    for step, value in points:
        scalar = b"\x0a\x03acc\x15" + struct.pack("<f", value)
        messages.append(
            b"\x10" + bytes([step]) + b"\x2a" + bytes([len(scalar) + 2]) + b"\x0a" + bytes([len(scalar)]) + scalar
        )
    path.write_bytes(
        b"".join(
            (head := struct.pack("<Q", len(each)))
            + struct.pack("<I", _masked(head))
            + each
            + struct.pack("<I", _masked(each))
            for each in messages
        )
    )


def test_a_run_that_was_started_again_in_its_folder_ends_as_the_later_start_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = tmp_path / "runs"
    for seed in (0, 1, 2):
        events(runs / f"method=a,seed={seed}" / "events.out.tfevents.1.x", (0, 0.5), (1, 0.6), (5, 0.9))
    events(runs / "method=a,seed=1" / "events.out.tfevents.2.x", (0, 0.5), (2, 0.7))
    events(runs / "method=a,seed=2" / "events.out.tfevents.2.x", (4, 0.8), restart=2)
    assert [row["acc"] for row in imported("tensorboard", runs)] == [0.9, 0.7, 0.8]
    said = capsys.readouterr().err
    assert "method=a,seed=1: its event files overlap" in said
    assert "method=a,seed=2: its event files overlap" in said
    assert "method=a,seed=0: its" not in said


def test_the_names_of_folders_say_what_hyperparameters_do_not(tmp_path: Path) -> None:
    for method in "ab":
        for seed in (0, 1):
            version(tmp_path / f"logs/{method}/seed_{seed}/version_0", "lr: 0.1\n", "0,9,0.5,0.9")
    found = imported("lightning", tmp_path / "logs")
    assert [(row["condition"], row["seed"]) for row in found] == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]
    assert found[0]["run"] == "a/seed_0/version_0"


def test_a_setting_that_python_cannot_print_is_infinite(tmp_path: Path) -> None:
    for seed, size in enumerate(("0x" + "f" * 5000, "-0x" + "f" * 5000)):
        version(tmp_path / f"logs/version_{seed}", f"method: a\nseed: {seed}\nsize: {size}\n", "0,9,0.5,0.9")
    assert [row["size"] for row in imported("lightning", tmp_path / "logs")] == [float("inf"), float("-inf")]


def test_a_folder_that_repeats_a_setting_is_not_another_condition(tmp_path: Path) -> None:
    for name in ("base", "drop out"):
        for seed in (0, 1):
            folder = tmp_path / f"logs/{name.replace(' ', '_')}/seed_{seed}/version_0"
            version(folder, f"net: {{name: {name}}}\n", "0,9,0.5,0.9")
    found = imported("lightning", tmp_path / "logs")
    assert [(row["condition"], row["seed"]) for row in found] == [
        ("base", 0), ("base", 1), ("drop out", 0), ("drop out", 1),
    ]  # fmt: skip
