"""The IDX format of the MNIST family: a big-endian header, then bytes."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np

from bench.faults import DataError

UNSIGNED_BYTE = 0x08


def read_bytes(path: Path) -> bytes:
    """Return the file's content, decompressed where its name ends in .gz."""
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error


def verify(path: Path, sha256: str) -> bytes:
    """Return the file's content, decompressed, once its SHA-256 is what is expected."""
    content = read_bytes(path)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DataError(
            f"{path}: damaged or another file: SHA-256 of its {len(content):,} bytes is {found}, expected {sha256}."
            " Remove it and fetch the data again."
        )
    return content


def decode(content: bytes) -> np.ndarray:
    """Return the array in an IDX file of unsigned bytes."""
    dimensions = content[3] if len(content) > 3 and content[:3] == bytes([0, 0, UNSIGNED_BYTE]) else 0
    start = 4 + 4 * dimensions
    shape = tuple(int(size) for size in np.frombuffer(content[4:start], ">u4"))
    if not dimensions or len(content) != start + int(np.prod(shape)):
        raise DataError(f"not an IDX file of bytes: {len(content):,} bytes, header {content[:4].hex() or 'empty'}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
