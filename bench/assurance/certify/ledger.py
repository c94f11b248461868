"""Trials on disk, one JSON object a line, each under the hash of all that its numbers depend on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.base.errors import StorageError

Row = dict[str, Any]


class Ledger:
    """An append-only file of trials. What a kill cut off is left out, and trained again.

    Lines are appended by single writes, so that two certifications may share a file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, keys: Iterable[str]) -> dict[str, Row]:
        """Return the trials with the named keys; those of other sources or settings stay where they are."""
        asked = set(keys)
        return {row["key"]: row for row in reversed(self.rows()) if row["key"] in asked}

    def rows(self) -> list[Row]:
        """Return every row, in the order of writing; raise StorageError where a whole line is none."""
        if not self.path.exists():
            return []
        try:
            lines = self.path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise StorageError(f"{self.path}: cannot be read: {error}") from error
        rows = [row for line in lines if (row := _parse(line)) is not None]
        for row in rows:
            if not isinstance(row, dict) or not isinstance(row.get("key"), str):
                raise StorageError(f"{self.path}: a line is no trial, since it has no key: {str(row)[:80]}")
        return rows

    def append(self, row: Row) -> None:
        """Add one trial; raise StorageError, naming the cause."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(descriptor, f"\n{json.dumps(row)}\n".encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise StorageError(f"{self.path}: cannot be written: {error.strerror or error}") from error


def _parse(line: str) -> Row | None:
    """Return the trial of a line; None for an empty line, and for one that a kill cut off."""
    try:
        return json.loads(line) if line else None
    except json.JSONDecodeError:
        return None
