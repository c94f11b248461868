"""Images once a machine: the runner decodes a data set into a file, and its workers map that file."""

from __future__ import annotations

import contextlib
import math
import mmap
import os
import tempfile
from dataclasses import dataclass

import numpy as np

from bench.data.images import Images
from bench.schema.data_files import ARRAYS

PAGE = mmap.ALLOCATIONGRANULARITY


@dataclass(frozen=True)
class Layout:
    """Where the arrays of `Images` lie in a file, each from the start of a page, in the order of `ARRAYS`."""

    data: str
    """Name of the data set."""
    arrays: tuple[tuple[str, tuple[int, ...]], ...]
    """Format of the numbers, and shape."""
    classes: int

    @property
    def ends(self) -> list[int]:
        """Bytes from the start of the file to the end of each array, in whole pages."""
        ends = [0]
        for kind, shape in self.arrays:
            ends.append(ends[-1] + -(-np.dtype(kind).itemsize * math.prod(shape) // PAGE) * PAGE)
        return ends[1:]

    def images(self, descriptor: int) -> Images:
        """Map the file, and close it. What a process writes to its arrays is its own: the file keeps its bytes."""
        mapped = mmap.mmap(descriptor, max(1, self.ends[-1]), access=mmap.ACCESS_COPY)
        os.close(descriptor)
        arrays = [
            np.frombuffer(mapped, kind, math.prod(shape), start).reshape(shape)
            for (kind, shape), start in zip(self.arrays, [0, *self.ends], strict=False)
        ]
        return Images(*arrays, classes=self.classes)


class SharedImages:
    """A data set in a file without a name, for as long as this process keeps it open."""

    def __init__(self, name: str, images: Images) -> None:
        arrays = [np.ascontiguousarray(getattr(images, part)) for part in ARRAYS]
        self.layout = Layout(name, tuple((array.dtype.str, array.shape) for array in arrays), images.classes)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        try:
            for array, end in zip(arrays, self.layout.ends, strict=True):
                self._file.write(array.tobytes())
                self._file.truncate(end)
                self._file.seek(end)
            self._file.flush()
        except OSError:
            with contextlib.suppress(OSError):  # what is buffered finds no room either
                self._file.close()
            raise

    @property
    def descriptor(self) -> int:
        """Descriptor of the open file, to hand to workers."""
        return self._file.fileno()

    def close(self) -> None:
        """Close the file: it is gone when the last worker is."""
        self._file.close()
