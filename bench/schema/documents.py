"""The documents of a results folder: JSON and TOML with a digest of their text, which every reader verifies.

JSON has it under a last key ``sha256``, TOML in a comment at its end; a document without one was written by hand, or by
an earlier version. Line ends of Windows and blank lines at the end change nothing. The record of an environment is
named by its content.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

from bench.schema.paths import ENVIRONMENT_FOLDER, PLAN_FILE, PLANS_LOG, REHEARSAL_FILE, STUDY_FILE, TASKS_FILE
from bench.schema.sealed import DamagedFileError

_KEY = "sha256"
_END_OF_JSON = re.compile(rb',\s*"sha256": "([0-9a-f]{64})"\s*\}\s*\Z')
_LINE_OF_TOML = re.compile(rb"# sha256: ([0-9a-f]{64})\s*")
_LONGEST_END = 120
_NAME = re.compile(r"[0-9a-f]{16}")
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)

UNREADABLE = (OSError, ValueError, RecursionError)
"""What reading a document raises: it cannot be had, or its content is not that of one."""
_REMEDIES = {
    PLAN_FILE: "Restore it from a copy, or remove it: the next run of its study writes it again",
    STUDY_FILE: "Undo the edit, or run the study as it was, which writes this file again; to change settings, edit a "
    "copy and run that",
    PLANS_LOG: "Restore it from a copy; to remove it loses the history of the plan",
    TASKS_FILE: "Restore it from a copy, or remove it: the next run of its study writes it again",
    REHEARSAL_FILE: "Restore it from a copy, or remove it: the next run that trains rehearses its study again",
}
_ANY = "Restore it from a copy"
_OF_ENVIRONMENT = "Restore it from a copy; to remove it loses what its trials were computed with, and no number"


def unusable(path: Path, error: Exception) -> str:
    """Return why a document cannot be used, and what to do about it: both follow its name."""
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    remedy = _OF_ENVIRONMENT if path.parent.name == ENVIRONMENT_FOLDER else _REMEDIES.get(path.name, _ANY)
    return f"cannot be used: {error}. {remedy}."


def content_hash(content: Any) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of `content` as canonical JSON."""
    return hashlib.sha256(_CANONICAL.encode(content).encode()).hexdigest()[:16]


def sealed_json(text: str) -> bytes:
    """Return a JSON object that is not empty, with the digest of its text as a last key."""
    plain = text.rstrip().removesuffix("}").rstrip()
    before, after = (",\n ", "\n}") if "\n" in plain else (", ", "}")
    return f'{plain}{before}"{_KEY}": "{_digest(plain.encode())}"{after}'.encode()


def sealed_toml(text: str) -> bytes:
    """Return a TOML document with the digest of its text as a comment at its end."""
    return text.encode() + f"# {_KEY}: {_digest(text.encode())}\n".encode()


def json_in(content: bytes) -> Any:
    """Return what a JSON document holds, without its digest; raise one of `UNREADABLE`."""
    _verify(content, _END_OF_JSON, len(content.rstrip()) - _LONGEST_END)
    found = json.loads(content.decode("utf-8"))
    if isinstance(found, dict):
        found.pop(_KEY, None)
    return found


def read_json(path: Path) -> Any:
    """Return what a JSON document holds, without its digest; raise one of `UNREADABLE`."""
    return json_in(path.read_bytes())


def read_log(path: Path) -> list[Any]:
    """Return what each line of a log of JSON documents holds, none where there is no log; raise one of `UNREADABLE`."""
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    return [json_in(line) for line in lines if line.strip()]


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a TOML document holds; raise one of `UNREADABLE`."""
    content = path.read_bytes()
    _verify(content, _LINE_OF_TOML)
    return tomllib.loads(content.decode("utf-8"))


def read_environment(path: Path) -> Any:
    """Return the record of an environment; raise one of `UNREADABLE`, also where it is not as it is named."""
    found = json.loads(path.read_text(encoding="utf-8"))
    if _NAME.fullmatch(path.stem) and content_hash(found) != path.stem:
        raise DamagedFileError("its content is not that which its name is a digest of")
    return found


def _verify(content: bytes, digest: re.Pattern[bytes], start: int = 0) -> None:
    """Raise DamagedFileError for a document that does not fit the `digest` in it, which is looked for from `start`."""
    found = digest.search(content, max(0, start))
    if found is not None and found[1].decode() != _digest(content[: found.start()] + content[found.end() :]):
        raise DamagedFileError("its text does not fit the digest that it was written with: it was edited, or damaged")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
