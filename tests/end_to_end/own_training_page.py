"""The page on own training code as a folder of files: each block that begins with the name of one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/own-training.md").read_text(encoding="utf-8")


def files_of(text: str) -> dict[str, str]:
    return dict(re.findall(r"^```\w+\n# ([\w.]+)\n(.*?)^```", text, re.DOTALL | re.MULTILINE))


def lay(folder: Path, *changes: tuple[str, str]) -> None:
    """Write the page's files, and change its first study."""
    for name, text in files_of(PAGE).items():
        (folder / name).write_text(text, encoding="utf-8")
    study = (folder / "study.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in study
        study = study.replace(old, new)
    (folder / "study.toml").write_text(study, encoding="utf-8")


def python(folder: Path, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
