"""The data sets that a study can name."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from bench.data.fashion_mnist import FASHION_MNIST
from bench.data.fashion_mnist_sample import FASHION_MNIST_SAMPLE

DATA_SETS = {data_set.name: data_set for data_set in [FASHION_MNIST, FASHION_MNIST_SAMPLE]}


def data_root() -> Path:
    """Return the folder that data sets are kept in: ``$BENCH_DATA``, else ``data`` in the current folder."""
    return Path(os.environ.get("BENCH_DATA", "data"))


def data_hash(name: str, train_size: int | str, validation_size: int, *marks: str) -> str:
    """Return the hash of what is trained and tested on: the the files, the sizes of the split, and further `marks`.

    It is known before the data are fetched, and holds since no file is read without being verified.
    """
    parts = [f"{part}:{sha256}" for part, sha256 in sorted(DATA_SETS[name].sha256.items())]
    text = "\n".join([*parts, f"train:{train_size}", f"validation:{validation_size}", *marks])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
