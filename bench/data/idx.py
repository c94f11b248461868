"""The IDX format of the MNIST family: a big-endian header, then numbers."""

from __future__ import annotations

import gzip
import hashlib
import math
import zlib
from pathlib import Path

import numpy as np

from bench.base.errors import DataError

KINDS = {0x08: ">u1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""Third byte of the file -> format of its numbers."""


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
    """Return the array in an IDX file, in this machine's byte order."""
    kind = KINDS.get(content[2]) if content[:2] == bytes(2) and len(content) > 3 else None
    dimensions = content[3] if kind else 0
    start = 4 + 4 * dimensions
    header = content[4:start]
    whole = dimensions and len(header) == 4 * dimensions
    shape = tuple(int(size) for size in np.frombuffer(header, ">u4")) if whole else ()
    if not shape or len(content) != start + math.prod(shape) * np.dtype(kind).itemsize:
        raise DataError(f"not an IDX file: {len(content):,} bytes, header {content[:4].hex() or 'empty'}")
    numbers = np.frombuffer(content, kind, offset=start).reshape(shape)
    return numbers.astype(numbers.dtype.newbyteorder("="), copy=False)


def encode(array: np.ndarray) -> bytes:
    """Return `array`, uint8 or float32, as an IDX file."""
    (kind,) = (kind for kind, named in KINDS.items() if np.dtype(named) == array.dtype.newbyteorder(">"))
    head = bytes([0, 0, kind, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return head + array.astype(KINDS[kind]).tobytes()
