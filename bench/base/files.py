"""Writing files so that no reader, and no kill, ever sees half of one."""

from __future__ import annotations

import os
from pathlib import Path

from bench.base.errors import StorageError


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` beside `path` and move it into place; raise StorageError, naming the cause.

    The temporary name starts with a dot and ends in ``.tmp``: no reader takes it for a result.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True) if path.parent.is_dir() else None
        raise StorageError(f"{path}: cannot be written: {error.strerror or error}") from error
