"""A digest for the files of a results folder that an earlier version wrote."""

from __future__ import annotations

from pathlib import Path

from bench.base.errors import StorageError
from bench.base.files import write_atomically
from bench.schema.files import OF_FOLDER
from bench.schema.sealed import UnusableFileError, is_sealed, seal


def seal_folder(folder: Path) -> tuple[int, int]:
    """Add the digest to the files of `folder` that have none; return their number, and that of all files.

    All other bytes stay as they are. Raise StorageError where there are no files, or one is damaged already, as far as
    page checksums, names and types of columns show it.
    """
    files = [path for name in OF_FOLDER for path in sorted((folder / name).glob("[!.]*.parquet"))]
    if not files:
        raise StorageError(f"{folder}: no results folder (there are no parquet files in it)")
    return sum(_seal(path) for path in files), len(files)


def _seal(path: Path) -> bool:
    """Return whether a file had no digest, and has one now; raise StorageError where it must not be used."""
    try:
        before = path.read_bytes()
        after = before if is_sealed(before) else seal(before)
        OF_FOLDER[path.parent.name](after, path)
    except UnusableFileError as error:
        raise StorageError(f"{path}: {error}") from error
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror or error}") from error
    if after != before:
        write_atomically(path, after)
    return after != before
