"""MNIST: 70,000 grey images of handwritten digits, 28 x 28 (LeCun, Bottou, Bengio and Haffner 1998)."""

from __future__ import annotations

from pathlib import Path

from bench.data import sources
from bench.data.data_set import PARTS, DataSet


def fetch(root: Path) -> str:
    """Download with torchvision's loader; raise DataError."""
    advice = f"connect to a network, or put the four decompressed files ({', '.join(PARTS)}) in {MNIST.folder(root)}."
    served = {"torchvision's mirrors": lambda root: sources.torchvision_files("MNIST", root)}
    return sources.first_that_serves(served, root, MNIST.verify, ("data set mnist is not available.", advice))


MNIST = DataSet(
    name="mnist",
    licence="CC BY-SA 3.0",
    origin="http://yann.lecun.com/exdb/mnist/",
    train_total=60_000,
    test_total=10_000,
    image=(28, 28),
    pixels=784,
    classes=10,
    sha256=dict(
        zip(
            PARTS,
            (
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
            strict=True,
        )
    ),
    folder=lambda root: root / "MNIST" / "raw",
    fetch=fetch,
)
