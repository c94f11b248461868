"""Paths, terminals and files as they are elsewhere: each is used, or refused with its cause."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.fuzz import inputs

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
STUDY = inputs.STUDY.decode().replace("[grid]\ndropout = [0.1, 0.3]\n", "")
TABLE = ["--metric", "test_accuracy", "--control", "none"]


def run(
    folder: Path, *arguments: str | bytes, flags: Sequence[str] = (), **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command of this project in a folder."""
    given = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHONIO"))}
    command = [sys.executable, *flags, "-m", *arguments]
    environment = given | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=300)


def refused(found: subprocess.CompletedProcess[bytes], said: str) -> None:
    assert found.returncode == 2, found.stderr.decode("utf-8", "replace")
    assert said in found.stderr.decode("utf-8", "replace")
    assert b"Traceback" not in found.stderr


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "s.toml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "t.csv").write_bytes(inputs.csv())
    return tmp_path


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results folder of a study that was run."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "s.toml").write_text(STUDY, encoding="utf-8")
    found = run(folder, "bench", "run", "s.toml", "--executor", "serial", "--out", "r")
    assert found.returncode == 0, found.stderr.decode()
    return folder / "r"


LONG = "x" * 300


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bench", "plan", LONG], "File name too long"),
        (["bench", "plan", "s.toml", "--out", LONG], "File name too long"),
        (["bench", "run", "s.toml", "--out", "s.toml"], "s.toml is a file; a folder is expected"),
        (["bench", "plan", "."], "is a folder; a study file"),
        (["analysis", "compare", LONG, *TABLE], "File name too long"),
        (["analysis", "report", LONG, *TABLE], "File name too long"),
        (["analysis", "gate", LONG, *TABLE, "--require", "superior", "--margin", "1"], "File name too long"),
    ],
)
def test_a_path_that_cannot_be_is_named(here: Path, arguments: list[str], said: str) -> None:
    before = sorted(each.name for each in here.iterdir())
    refused(run(here, *arguments), said)
    assert sorted(each.name for each in here.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bench", "plan", "pipe"], "pipe: is no regular file; a study file"),
        (["analysis", "compare", "pipe", *TABLE], "is no regular file"),
        (["analysis", "import", "wandb", "pipe.csv", "--out", "o.csv"], "pipe.csv is no regular file"),
        (["analysis", "import", "hydra", "logs", "--out", "o.csv"], "config.yaml:\n  - is no regular file"),
        (["bench", "plan", "plugged.toml"], "plug-in cannot be read: it is no regular file"),
    ],
)
def test_a_pipe_in_place_of_a_file_is_named_and_not_waited_for(here: Path, arguments: list[str], said: str) -> None:
    (here / "logs/.hydra").mkdir(parents=True)
    for name in ("pipe", "pipe.csv", "plug.py", "logs/.hydra/config.yaml"):
        os.mkfifo(here / name)
    (here / "plugged.toml").write_text(f'plugins = ["plug.py"]\n{STUDY}', encoding="utf-8")
    refused(run(here, *arguments), said)


def test_results_in_a_folder_whose_name_is_not_utf_8_are_reported(results: Path, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/r\xff"
    shutil.copytree(os.fsencode(results), odd)
    assert run(tmp_path, "bench", "status", odd).returncode == 0
    reported = run(tmp_path, "analysis", "report", odd)
    assert reported.returncode == 0
    assert reported.stdout.strip() == odd + b"/report/index.html"  # as it is, for the next command
    (Path(os.fsdecode(odd)) / "report/index.html").read_text(encoding="utf-8")


def test_a_study_may_begin_with_a_byte_order_mark(here: Path) -> None:
    (here / "bom.toml").write_text(STUDY, encoding="utf-8-sig")
    assert run(here, "bench", "plan", "bom.toml").returncode == 0


@pytest.mark.parametrize("package", ["bench", "analysis"])
def test_help_needs_no_docstrings(here: Path, package: str) -> None:
    found = run(here, package, "--help", flags=["-OO"])
    assert found.returncode == 0, found.stderr.decode()
    assert b"{" in found.stdout or b"compare" in found.stdout or b"run" in found.stdout


def test_a_terminal_of_any_encoding_takes_the_words(results: Path, tmp_path: Path) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    found = run(tmp_path, "analysis", "compare", str(results), **ascii_only)
    assert found.returncode == 0, found.stderr.decode()
    assert found.stdout.isascii()
    as_json = run(tmp_path, "analysis", "compare", str(results), "--json", "-", **ascii_only)
    assert json.loads(as_json.stdout.decode("utf-8"))["control"] == "none"


@pytest.mark.parametrize(
    ("name", "content", "commands"),
    [
        ("plans.jsonl", b"garbage{\n", [["bench", "run", "s.toml", "--executor", "serial", "--out", "r"]]),
        ("plans.jsonl", b"[" * 100_000, [["analysis", "report", "r"]]),
        ("plan.json", b"[" * 100_000, [["bench", "status", "r"], ["analysis", "compare", "r"]]),
        ("study.toml", b"a = " + b"[" * 100_000, [["analysis", "report", "r"]]),
    ],
)  # fmt: skip
def test_a_damaged_document_is_named_and_nothing_is_lost(
    results: Path, here: Path, name: str, content: bytes, commands: list[list[str]]
) -> None:
    shutil.copytree(results, here / "r")
    (here / "r" / name).write_bytes(content)
    before = {each: each.read_bytes() for each in (here / "r").rglob("*") if each.is_file()}
    for command in commands:
        refused(run(here, *command), f"r/{name}")
    assert {each: each.read_bytes() for each in (here / "r").rglob("*") if each.is_file()} == before


def data_of(here: Path, path: str) -> subprocess.CompletedProcess[bytes]:
    """Plan the study on data at a path."""
    own = STUDY.replace('name = "fashion_mnist_sample"\ntrain_size = 100', f'name = "mine"\npath = "{path}"')
    (here / "own.toml").write_text(own, encoding="utf-8")
    return run(here, "bench", "plan", "own.toml")


def test_an_archive_that_claims_more_than_it_holds_takes_no_memory(here: Path) -> None:
    with zipfile.ZipFile(here / "d.npz", "w") as archive:
        for name, array in inputs.arrays().items():
            head = np.lib.format.header_data_from_array_1_0(array) | {"shape": (10**14,)}
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array_header_1_0(file, head)
    refused(data_of(here, "d.npz"), "train_images claims 100,000,000,000,000 bytes of numbers, and has 0")


def test_an_encrypted_archive_is_named(here: Path) -> None:
    content = bytearray(inputs.npz(compressed=False))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag of each entry, in both of its headers
        place = -1
        while (place := content.find(mark, place + 1)) >= 0:
            content[place + offset] |= 1
    (here / "d.npz").write_bytes(content)
    refused(data_of(here, "d.npz"), "is encrypted")


def test_one_array_is_no_archive(here: Path) -> None:
    with (here / "d.npz").open("wb") as file:
        np.save(file, np.arange(3))
    refused(data_of(here, "d.npz"), "is one array (.npy), not an archive")


@pytest.mark.parametrize("path", ["a\\u0000b.npz", "y" * 300 + ".npz"])
def test_data_whose_path_cannot_be_are_named(here: Path, path: str) -> None:
    refused(data_of(here, path), "[data] path")


def test_numbers_of_thousands_of_digits_are_refused_by_their_place(here: Path) -> None:
    (here / "big.toml").write_text(STUDY.replace("seeds = 2", "seeds = 0x" + "f" * 5_000), encoding="utf-8")
    refused(run(here, "bench", "plan", "big.toml"), "[trials] seeds: a number of thousands of digits was given")
    (here / "big.toml").write_text(STUDY.replace("seeds = 2", "seeds = " + "9" * 5_000), encoding="utf-8")
    refused(run(here, "bench", "plan", "big.toml"), "cannot be read as TOML: it has a number of thousands of digits")


def test_a_label_is_no_formula_in_the_tables_of_a_report(here: Path) -> None:
    text = inputs.csv().decode().replace("half", "=cmd|' /C calc'!A0")
    (here / "f.csv").write_text(text, encoding="utf-8")
    assert run(here, "analysis", "report", "f.csv", *TABLE, "--out", "page").returncode == 0
    tables = [path.read_text(encoding="utf-8").splitlines() for path in (here / "page/tables").glob("*.csv")]
    cells = [cell for lines in tables for row in csv.reader(lines) for cell in row]
    assert any(cell.startswith("'=cmd") for cell in cells)
    assert not any(cell.startswith("=") for cell in cells)
