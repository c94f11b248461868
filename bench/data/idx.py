"""The IDX format of the MNIST family: a big-endian header, then numbers."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

import numpy as np

from bench.base.errors import DataError
from bench.schema.idx import KINDS, decoded


def read_bytes(path: Path, *, as_it_lies: bool = False) -> bytes:
    """Return the file's content, decompressed where its name ends in .gz, unless `as_it_lies`."""
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix == ".gz" and not as_it_lies else content
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error


def verify(path: Path, sha256: str, *, as_it_lies: bool = False) -> bytes:
    """Return the file's content, decompressed unless `as_it_lies`, once its SHA-256 is what is expected."""
    content = read_bytes(path, as_it_lies=as_it_lies)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DataError(
            f"{path}: damaged or another file: SHA-256 of its {len(content):,} bytes is {found}, expected {sha256}."
            " Remove it and fetch the data again."
        )
    return content


def decode(content: bytes) -> np.ndarray:
    """Return the array in an IDX file, in this machine's byte order; raise DataError."""
    try:
        return decoded(content)
    except ValueError as error:
        raise DataError(str(error)) from error


def read(path: Path) -> np.ndarray:
    """Return the array in an IDX file, gzip-compressed where its name ends in .gz; raise DataError with its name."""
    try:
        return decode(read_bytes(path))
    except DataError as error:
        raise DataError(str(error) if str(path) in str(error) else f"{path}: {error}") from error


def encode(array: np.ndarray) -> bytes:
    """Return `array`, uint8 or float32, as an IDX file."""
    (kind,) = (kind for kind, named in KINDS.items() if np.dtype(named) == array.dtype.newbyteorder(">"))
    head = bytes([0, 0, kind, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return head + array.astype(KINDS[kind]).tobytes()
