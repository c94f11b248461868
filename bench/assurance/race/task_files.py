"""The data as files that every contestant can read, whatever its library: arrays, and the files as published."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.assurance.race.task import IMAGES, LABELS
from bench.data import idx
from bench.data.data_set import PARTS, DataSet


def publish(data_set: DataSet, root: Path, folder: Path) -> None:
    """Write the verified training arrays to `folder`, and the IDX files where torchvision's FashionMNIST looks."""
    data_set.verify(root)
    contents = [idx.read_bytes(path) for path in data_set.files(root)]
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for part, content in zip(PARTS, contents, strict=True):
        (raw / part).write_bytes(content)
    images, labels = idx.decode(contents[0]), idx.decode(contents[1])
    np.save(folder / IMAGES, images.reshape(len(images), -1).astype(np.float32) / np.float32(255))
    np.save(folder / LABELS, labels.astype(np.int64))
