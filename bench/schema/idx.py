"""The IDX format of the MNIST family: a big-endian header, then numbers."""

from __future__ import annotations

import math

import numpy as np

KINDS = {0x08: ">u1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""Third byte of the file -> format of its numbers."""


def decoded(content: bytes) -> np.ndarray:
    """Return the array in an IDX file, in this machine's byte order; raise ValueError for anything else."""
    kind = KINDS.get(content[2]) if content[:2] == bytes(2) and len(content) > 3 else None
    dimensions = content[3] if kind else 0
    start = 4 + 4 * dimensions
    header = content[4:start]
    whole = dimensions and len(header) == 4 * dimensions
    shape = tuple(int(size) for size in np.frombuffer(header, ">u4")) if whole else ()
    if not shape or len(content) != start + math.prod(shape) * np.dtype(kind).itemsize:
        raise ValueError(f"not an IDX file: {len(content):,} bytes, header {content[:4].hex() or 'empty'}")
    numbers = np.frombuffer(content, kind, offset=start).reshape(shape)
    return numbers.astype(numbers.dtype.newbyteorder("="), copy=False)
