"""Where study files are, and what they hold before anything of it is checked."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from bench.base.errors import StudyError, nearest
from bench.study import fields

SHIPPED = Path(__file__).with_name("studies")


def find_study(given: str) -> Path:
    """Return the path of a study file, given as a path or as the name of a study that ships; raise StudyError."""
    path, shipped = Path(given), SHIPPED / f"{given}.toml"
    try:
        found = path.is_file()
        if path.exists() and not found:
            what = "a folder" if path.is_dir() else "no regular file"
            raise StudyError(f"{given}: is {what}; a study file, or the name of a study that ships, is expected")
    except OSError as error:
        raise StudyError(f"{given}: cannot be read: {error.strerror or error}") from error
    if found:
        return path
    if fields.NAME.fullmatch(given) and shipped.is_file():
        return shipped
    names = sorted(file.stem for file in SHIPPED.glob("*.toml"))
    raise StudyError(f"{given}: no such study file{nearest(given, names)} (studies that ship: {', '.join(names)})")


def read_document(path: Path) -> dict[str, Any]:
    """Return what the study file at `path` holds; raise StudyError where it is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        why = "it has a number of thousands of digits" if "integer string conversion" in str(error) else error
        raise StudyError(f"{path}: cannot be read as TOML: {why}") from error
