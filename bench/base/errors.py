"""The errors that a user can mend. The command line prints them and exits with 2."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from bench.schema.characters import BYTES, escaped


class UsageError(Exception):
    """Something given to this program cannot be used; nothing was trained and nothing was written."""

    def __init__(self, *said: object) -> None:
        super().__init__(*(escaped(str(each), but="\n" + BYTES) for each in said))


class StudyError(UsageError):
    """A study file has faults: all of them, one a line."""


class DataError(UsageError):
    """A data set cannot be had, or is damaged."""


class StorageError(UsageError):
    """A results folder cannot be read or written. Finished trials are intact."""


class DeviceError(UsageError):
    """A device that was asked for is not here."""


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Return '; did you mean "..."?' for the closest of `allowed`, or nothing where none is close."""
    close = difflib.get_close_matches(name, list(allowed), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
