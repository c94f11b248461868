"""Writing beside and moving into place: names that cannot meet, links that are not followed, leftovers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.base import files
from bench.base.errors import StorageError
from bench.base.files import clock, remove_leftovers, write_atomically

WRITER = """
import os, sys
from pathlib import Path
os.getpid = lambda: 7
from bench.base.files import write_atomically
for _ in range(200):
    write_atomically(Path(sys.argv[1]), sys.argv[2].encode() * 10_000)
"""


@pytest.mark.slow
def test_two_processes_of_one_number_write_one_file_400_times(tmp_path: Path) -> None:
    path = tmp_path / "row.parquet"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), letter]) for letter in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert path.read_bytes() in (b"a" * 10_000, b"b" * 10_000)
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_in_the_way_is_not_followed_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.secrets, "token_hex", lambda _: "guessed")
    victim, planted = tmp_path / "victim", tmp_path / ".row.parquet.guessed.tmp"
    victim.write_bytes(b"precious")
    planted.symlink_to(victim)
    with pytest.raises(StorageError, match=r"row\.parquet: cannot be written: File exists"):
        write_atomically(tmp_path / "row.parquet", b"x")
    assert victim.read_bytes() == b"precious"
    assert planted.is_symlink()
    assert not (tmp_path / "row.parquet").exists()


def test_a_link_under_the_own_name_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "row.parquet"
    victim.write_bytes(b"precious")
    path.symlink_to(victim)
    write_atomically(path, b"x")
    assert victim.read_bytes() == b"precious"
    assert not path.is_symlink()
    assert path.read_bytes() == b"x"


def test_leftovers_are_removed_after_an_hour_by_the_clock_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "replace", dies)
        write_atomically(tmp_path / "row.parquet", b"x")
    (leftover,) = tmp_path.iterdir()
    assert leftover.suffix == ".tmp"
    monkeypatch.setattr("time.time", lambda: clock(tmp_path) + 10_000)  # this host's clock decides nothing
    remove_leftovers(tmp_path)
    assert leftover.exists()
    old = clock(tmp_path) - files.LEFTOVER_SECONDS - 1
    os.utime(leftover, (old, old))
    remove_leftovers(tmp_path)
    assert not list(tmp_path.iterdir())
