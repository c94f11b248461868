"""Which commit the sources are of, whoever owns them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bench.run.provenance import git_state


def repository(folder: Path) -> str:
    """Make one of a single commit, and return the commit."""
    git = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    (folder / "code.py").write_text("x = 1\n")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *arguments], check=True)
    return subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


def test_the_commit_and_whether_anything_differs(tmp_path: Path) -> None:
    commit = repository(tmp_path)
    assert git_state(tmp_path) == {"commit": commit, "dirty": False}
    (tmp_path / "code.py").write_text("x = 2\n")
    assert git_state(tmp_path) == {"commit": commit, "dirty": True}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_checkout_of_another_user_has_a_commit_too(tmp_path: Path) -> None:
    commit = repository(tmp_path)
    for each in [tmp_path, *tmp_path.rglob("*")]:
        os.chown(each, 1234, 1234)
    assert git_state(tmp_path) == {"commit": commit, "dirty": False}


def test_outside_a_checkout_there_is_none(tmp_path: Path) -> None:
    assert git_state(tmp_path) is None
