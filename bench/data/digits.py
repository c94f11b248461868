"""1,797 grey images of handwritten digits, 8 x 8, as scikit-learn ships them (Alpaydin and Kaynak 1998)."""

from __future__ import annotations

from pathlib import Path

from bench.data import sources
from bench.data.csv_of_package import CsvOfPackage
from bench.data.data_set import PARTS, DataSet

FILE = CsvOfPackage(
    package="scikit-learn",
    member="sklearn/datasets/data/digits.csv.gz",
    sha256="6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8",
    side=8,
    largest=16,
    train_total=1_437,
)


def fetch(root: Path) -> str:
    """Take the file from the package, installed or downloaded by pip; raise DataError."""
    served = {"the Python package scikit-learn": lambda root: FILE.fetch(DIGITS.folder(root))}
    refusal = ("data set digits is not available.", "connect to a package registry, or install scikit-learn.")
    return sources.first_that_serves(served, root, DIGITS.verify, refusal)


DIGITS = DataSet(
    name="digits",
    licence="CC BY 4.0",
    origin="https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits",
    train_total=1_437,
    test_total=360,
    image=(8, 8),
    pixels=64,
    classes=10,
    sha256=dict(
        zip(
            PARTS,
            (
                "c02d538e2a91097ed870e221c1bf097599ab08b4604ee0ca03f5a7ffde0d1a47",
                "cfddc0d38fbf735586cfee0287cc1b0a02af19cc0f7b4954624acb3a6c425107",
                "c908cec3b7e04da87d3e35305c1b626d999c6d67d84719ba312cd425bb99e64f",
                "a2d4773f15255ee56b610faec062192453286a133d884ace45a680c1f1ac0063",
            ),
            strict=True,
        )
    ),
    folder=lambda root: root / "digits",
    fetch=fetch,
)
