"""Writing files so that nobody ever reads half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from analysis.base.errors import TableError

FIGURES = (".svg", ".pdf", ".png")
"""Endings of the names of the files that a figure can be written to."""


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside `path` and move into place.

    A link stays, and what it points to is replaced. A device, a pipe or a socket is written into, never replaced.

    Raises
    ------
    TableError
        The place cannot be written to.
    """
    try:
        if _is_special(path):
            with path.open("wb") as file:
                file.write(content)
            return
        path = Path(os.path.realpath(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise TableError(path, [f"cannot be written: {error.strerror or error}"]) from error


def check_writable(path: Path) -> None:
    """Refuse a place where a file cannot be written, before any work is done for it.

    Raises
    ------
    TableError
        A folder, or a file in a folder that is not there or may not be written to.
    """
    if path.is_dir():
        raise TableError(path, ["cannot be written: Is a directory"])
    if _is_special(path):
        return
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        raise TableError(path, ["cannot be written: No such file or directory"])
    if not os.access(folder, os.W_OK | os.X_OK):
        raise TableError(path, ["cannot be written: Permission denied"])


def _is_special(path: Path) -> bool:
    """Return whether `path` leads to what is no file of a folder: a device, a pipe, or an open stream by its name."""
    streams = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
    return (path.exists() and not path.is_file() and not path.is_dir()) or str(path.absolute()).startswith(streams)
