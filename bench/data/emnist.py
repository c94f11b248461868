"""EMNIST, balanced: 131,600 grey images of handwritten digits and letters, 28 x 28, 47 classes (Cohen et al. 2017)."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

from bench.base.errors import DataError
from bench.data import idx, sources
from bench.data.data_set import DataSet
from bench.data.images import Images

ARCHIVE = "gzip.zip"
MEMBERS = [
    f"gzip/emnist-balanced-{part}-{kind}-ubyte.gz"
    for part in ("train", "test")
    for kind in ("images-idx3", "labels-idx1")
]


def fetch(root: Path) -> str:
    """Download NIST's archive with torchvision's loader; raise DataError."""
    advice = f"connect to a network, or put NIST's archive ({ARCHIVE}, 562 MB) in {EMNIST.folder(root)}."
    served = {"NIST, by torchvision": lambda root: sources.torchvision_files("EMNIST", root, split="balanced")}
    return sources.first_that_serves(served, root, EMNIST.verify, ("data set emnist is not available.", advice))


def read(paths: list[Path], classes: int) -> Images:
    """Return the images, upright: in the archive rows and columns are exchanged. Raise DataError."""
    (path,) = paths
    try:
        with zipfile.ZipFile(path) as archive:
            arrays = [idx.decode(gzip.decompress(archive.read(member))) for member in MEMBERS]
    except (KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    train_images, train_labels, test_images, test_labels = arrays
    upright = (images.transpose(0, 2, 1) for images in (train_images, test_images))
    return Images(next(upright), train_labels, next(upright), test_labels, classes)


EMNIST = DataSet(
    name="emnist",
    licence="public domain (NIST)",
    origin="https://www.nist.gov/itl/products-and-services/emnist-dataset",
    train_total=112_800,
    test_total=18_800,
    image=(28, 28),
    pixels=784,
    classes=47,
    sha256={ARCHIVE: "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e"},
    folder=lambda root: root / "EMNIST" / "raw",
    fetch=fetch,
    read=read,
    as_it_lies=True,
)
