"""Kuzushiji-MNIST: 70,000 grey images of cursive Japanese characters, 28 x 28, ten classes (Clanuwat et al. 2018)."""

from __future__ import annotations

from pathlib import Path

from bench.data import sources
from bench.data.data_set import PARTS, DataSet

FILES = [f"{part}.gz" for part in PARTS]


def fetch(root: Path) -> str:
    """Download with torchvision's loader; raise DataError."""
    advice = f"connect to a network, or put the four compressed files ({', '.join(FILES)}) in {KMNIST.folder(root)}."
    served = {"torchvision's mirror": lambda root: sources.torchvision_files("KMNIST", root)}
    return sources.first_that_serves(served, root, KMNIST.verify, ("data set kmnist is not available.", advice))


KMNIST = DataSet(
    name="kmnist",
    licence="CC BY-SA 4.0",
    origin="http://codh.rois.ac.jp/kmnist/",
    train_total=60_000,
    test_total=10_000,
    image=(28, 28),
    pixels=784,
    classes=10,
    sha256=dict(
        zip(
            FILES,
            (
                "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
                "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
                "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
                "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
            ),
            strict=True,
        )
    ),
    folder=lambda root: root / "KMNIST" / "raw",
    fetch=fetch,
    as_it_lies=True,
)
