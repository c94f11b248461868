"""Where study files are, and what they hold before anything of it is checked."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from bench.base.errors import StudyError, nearest
from bench.study import fields

SHIPPED = Path(__file__).with_name("studies")
LONGEST_PATH = 4096


def find_study(given: str) -> Path:
    """Return the path of a study file, given as a path or as the name of a study that ships; raise StudyError."""
    path, shipped = Path(given), SHIPPED / f"{given}.toml"
    if len(given) < LONGEST_PATH and path.is_file():
        return path
    if fields.NAME.fullmatch(given) and shipped.is_file():
        return shipped
    names = sorted(file.stem for file in SHIPPED.glob("*.toml"))
    raise StudyError(f"{given}: no such study file{nearest(given, names)} (studies that ship: {', '.join(names)})")


def read_document(path: Path) -> dict[str, Any]:
    """Return what the study file at `path` holds; raise StudyError where it is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise StudyError(f"{path}: cannot be read as TOML: {error}") from error
