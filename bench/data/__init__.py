"""The data sets that a study can name."""

from __future__ import annotations

import hashlib
import sys
from typing import Any

from bench.data.digits import DIGITS
from bench.data.emnist import EMNIST
from bench.data.fashion_mnist import FASHION_MNIST
from bench.data.fashion_mnist_sample import FASHION_MNIST_SAMPLE
from bench.data.images import Images
from bench.data.kmnist import KMNIST
from bench.data.mnist import MNIST
from bench.data.mnist_1d import MNIST_1D
from bench.data.mnist_5k import MNIST_5K
from bench.schema.data_files import data_root, record_of

DATA_SETS = {
    data_set.name: data_set
    for data_set in [FASHION_MNIST, FASHION_MNIST_SAMPLE, MNIST, KMNIST, EMNIST, MNIST_5K, MNIST_1D, DIGITS]
}

at_hand: dict[str, Images] = {}
"""Images that this process was handed, by data set: they are read from no file."""


def data_hash(name: str, train_size: int | str, validation_size: int, *marks: str) -> str:
    """Return the hash of what is trained and tested on: the files, the sizes of the split, and further `marks`.

    It is known before the data are fetched, and holds since no file is read without being verified.
    """
    data_set = DATA_SETS[name]
    parts = [f"{part}:{sha256}" for part, sha256 in sorted(data_set.sha256.items())]
    if data_set.plugin:
        parts.append(f"plugin:{data_set.plugin}")
    elif data_set.version > 1:
        parts.append(f"version:{data_set.version}")
    text = "\n".join([*parts, f"train:{train_size}", f"validation:{validation_size}", *marks])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def record(name: str) -> dict[str, Any]:
    """Return what a plan records of a data set, so that its test images are found again."""
    data_set = DATA_SETS[name]
    return record_of(name, data_set.folder(data_root()), data_set.sha256, images=data_set.image is not None)


def images_of(name: str) -> Images:
    """Return the verified images and labels of a data set; raise DataError."""
    return at_hand[name] if name in at_hand else DATA_SETS[name].load(data_root())


def fetch(name: str) -> None:
    """Get the data set unless it is here, and say so on standard error."""
    if DATA_SETS[name].missing(data_root()):
        print(f"{name}: fetching", file=sys.stderr)
        print(f"{name}: fetched from {DATA_SETS[name].fetch(data_root())}", file=sys.stderr)
