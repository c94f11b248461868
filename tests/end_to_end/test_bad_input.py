"""What cannot be used is said with its cause, exit code 2, and nothing is written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from bench.cli import main
from bench.data import data_root
from tests.end_to_end.conftest import Workplace

AS_ROOT = os.geteuid() == 0
NO_CUDA = not torch.cuda.is_available()


@pytest.fixture
def here(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """Run commands in this process: most of what is refused is refused before anything starts."""
    monkeypatch.chdir(workplace.folder)
    monkeypatch.setenv("BENCH_DATA", str(workplace.folder / "data"))
    return workplace


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what is said on standard error; nothing may be said on standard output."""
    assert main(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def can_mount() -> bool:
    """Tell whether this process may mount a small file system, as root on most machines."""
    if not AS_ROOT:
        return False
    probe = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


needs_mount = pytest.mark.skipif(not can_mount(), reason="only root can mount a small or read-only file system")


def test_a_malformed_study_writes_nothing(here: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    here.study(old="seeds = 3", new="seeds = 0")
    before = here.files()
    for command in ("plan", "run"):
        assert "tiny.toml: [trials] seeds: 0 was given" in refused(capsys, command, "tiny.toml")
    assert "no such study file" in refused(capsys, "run", "missing.toml")
    assert here.files() == before


def test_a_results_folder_or_data_set_that_is_not_there(here: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no results folder" in refused(capsys, "status", "nowhere")
    assert 'did you mean "fashion_mnist"?' in refused(capsys, "data", "fetch", "fashion_mnits")
    assert "Get it with: python -m bench data fetch fashion_mnist" in refused(capsys, "data", "verify", "fashion_mnist")
    assert "no trials to export" in refused(capsys, "export", "nowhere", "all.parquet")


@pytest.mark.parametrize(
    "arguments", [["run"], ["run", "x", "--workers", "0"], ["fly"], ["run", "x", "--device", "tpu"]]
)
def test_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2


def test_a_truncated_data_file_is_named_with_what_was_expected(
    here: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    here.study(old='name = "fashion_mnist_sample"\ntrain_size = 512', new='name = "fashion_mnist"\ntrain_size = 512')
    raw = data_root() / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for part in (
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ):
        (raw / part).write_bytes(b"\0\0\x08\x03truncated")
    err = refused(capsys, "run", "tiny.toml")
    assert "train-images-idx3-ubyte: damaged or another file: SHA-256" in err
    assert "Remove it and fetch the data again" in err
    assert not (here.folder / "results").exists()


@pytest.mark.slow
def test_a_corrupted_result_is_named_and_the_others_are_kept(
    here: Workplace, finished: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here is finished
    path = sorted((here.folder / "results/tiny/trials").glob("*.parquet"))[0]
    path.write_bytes(path.read_bytes()[:100])
    before = here.files()
    for arguments in (["run", "tiny.toml"], ["plan", "tiny.toml"], ["status", "results/tiny"]):
        assert f"{path.name}: is not a readable parquet file (cut off, damaged" in refused(capsys, *arguments)
    assert here.files() == before
    path.unlink()
    here.train()
    assert len(here.rows()) == 9


@pytest.mark.slow
def test_a_folder_that_holds_another_study_is_refused(
    here: Workplace, finished: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here is finished
    here.study(old='name = "tiny"', new='name = "other"')
    before = here.files()
    assert 'holds study "tiny", not "other"' in refused(capsys, "run", "tiny.toml", "--out", "results/tiny")
    assert here.files() == before


@pytest.mark.skipif(not NO_CUDA, reason="CUDA is here")
def test_a_device_that_was_asked_for_and_is_absent_is_refused(
    here: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "study tiny has devices cpu" in refused(capsys, "run", "tiny.toml", "--device", "cuda")
    here.study(devices='["cpu", "cuda"]')
    assert "finds none of these here: cuda" in refused(capsys, "run", "tiny.toml", "--device", "cuda")
    assert not (here.folder / "results").exists()


@pytest.mark.slow
@pytest.mark.skipif(not NO_CUDA, reason="CUDA is here")
def test_a_device_that_only_the_study_names_is_left_to_do(workplace: Workplace) -> None:
    workplace.study(devices='["cuda", "cpu"]')
    _, err = workplace.train()
    assert "9  left to do on cuda, which is not used here" in err
    out, _ = workplace.here("status", "results/tiny")
    assert "9  ok" in out
    assert "9  to do (9 on cuda)" in out


@pytest.mark.slow
@needs_mount
def test_a_full_disk_names_the_cause_and_keeps_finished_trials(workplace: Workplace) -> None:
    """On 256 KiB some trials fit, at three blocks each with their curves."""
    disk = workplace.folder / "disk"
    workplace.study(seeds=40)
    with mounted(disk, "-o", "size=256k"):
        _, err = workplace.bench("run", "tiny.toml", "--out", "disk/tiny", code=2)
        assert "cannot be written: No space left on device" in err
        assert "Traceback" not in err
        kept = workplace.rows("disk/tiny")
        assert 0 < len(kept) < 120
        assert all(row["status"] == "ok" for row in kept.values())
        assert not list(disk.rglob(".*.tmp"))


@needs_mount
def test_a_read_only_folder_names_the_cause(here: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    disk = here.folder / "disk"
    with mounted(disk, "-o", "ro"):
        assert "disk/tiny: cannot be written: Read-only file system" in refused(
            capsys, "run", "tiny.toml", "--out", "disk/tiny"
        )


@pytest.mark.slow
@needs_mount
def test_a_relabelled_folder_that_cannot_be_written_keeps_its_plan(workplace: Workplace) -> None:
    workplace.study(seeds=2)
    workplace.train()
    workplace.here("export", "results/tiny", "packed")
    names = ("plan.json", "study.toml", "plans.jsonl")
    before = [(workplace.folder / "packed" / name).read_bytes() for name in names]
    workplace.study(seeds=2, old='label = "book"', new='label = "renamed"')
    trials = str(workplace.folder / "packed/trials")
    subprocess.run(["mount", "--bind", trials, trials], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", trials], check=True)
        _, said = workplace.train("--out", "packed", code=2)
    finally:
        subprocess.run(["umount", trials], check=True)
    assert "trials/packed.parquet: cannot be written: Read-only file system" in said
    assert [(workplace.folder / "packed" / name).read_bytes() for name in names] == before
    workplace.train("--out", "packed")
    assert {condition for condition, _ in workplace.rows("packed")} >= {"renamed"}


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_few_open_files_are_enough_or_named(workplace: Workplace, workers: str) -> None:
    workplace.study(seeds=2)
    command = [sys.executable, "-m", "bench", "run", "tiny.toml", "--workers", workers]
    done = subprocess.run(
        ["sh", "-c", 'ulimit -n 12; exec "$@"', "sh", *command],
        cwd=workplace.folder,
        env=workplace.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert "Traceback" not in done.stderr
    assert (done.returncode, "Too many open files" in done.stderr) in ((0, False), (2, True))
    workplace.train()
    assert {row["status"] for row in workplace.rows().values()} == {"ok"}


def test_what_is_done_before_the_first_trial_is_said_before_it_is_done(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bench.run.provenance.environment", stopped)
    workplace.study(seeds=2)
    _, said = workplace.train(code=130)
    assert (
        "set-up: what this machine computes with is put on record, and tested at the layer sizes of this study" in said
    )
    assert "compiled" not in said
