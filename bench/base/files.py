"""Writing files so that no reader, and no kill, ever sees half of one."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from bench.base.errors import StorageError

if TYPE_CHECKING:
    from bench.schema.local_copy import LocalCopy

LEFTOVERS = ".*.tmp"
"""Pattern of the temporary names: they start with a dot and end in ``.tmp``, so no reader takes them for results."""
LEFTOVER_SECONDS = 3600


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` beside `path` and move it into place; raise StorageError, naming the cause.

    In the local copy of a URL it goes to the object store as well.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = create_beside(path, content)
        temporary.replace(path)
        if (copy := _copy_of(path)) is not None:
            copy.upload(path, content)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise StorageError(f"{path}: cannot be written: {error.strerror or error}") from error


def check_writable(path: Path) -> None:
    """Raise StorageError where `write_atomically` could not write a file, before any work is done for it."""
    if path.is_dir():
        raise StorageError(f"{path}: cannot be written: it is a folder")
    folder = next(each for each in path.absolute().parents if each.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise StorageError(f"{path}: cannot be written: {folder} is not a folder that may be written to")


def remove(paths: Collection[Path]) -> None:
    """Remove files of one folder, in the local copy of a URL from the object store first; raise StorageError."""
    try:
        if (copy := next(map(_copy_of, paths), None)) is not None:
            copy.remove(paths)
        for path in paths:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{error.filename or 'files'}: cannot be removed: {error.strerror or error}") from error


def _copy_of(path: Path) -> LocalCopy | None:
    from bench.schema.local_copy import copy_of  # noqa: PLC0415 - the schema's pyarrow is slow to import

    return copy_of(path)


def create_beside(path: Path, content: bytes = b"", *, durable: bool = True) -> Path:
    """Write `content` to a new file beside `path`, under a temporary name that is returned; raise OSError.

    The name is random and the file must be new: processes of other machines or containers that write the same file
    cannot meet, and a link that lies there is not followed.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def clock(folder: Path) -> float:
    """Return the time by the file server of `folder`, in seconds: that at which a new file was made; raise OSError."""
    probe = create_beside(folder / "clock", durable=False)
    try:
        return probe.stat().st_mtime
    finally:
        probe.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes left half written in `folder` more than an hour ago; raise OSError."""
    leftovers = list(folder.glob(LEFTOVERS))
    now = clock(folder) if leftovers else 0.0
    for leftover in leftovers:
        with contextlib.suppress(FileNotFoundError):  # another runner removed it, or it has its name
            if now - leftover.lstat().st_mtime > LEFTOVER_SECONDS:
                leftover.unlink()
