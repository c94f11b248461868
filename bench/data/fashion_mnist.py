"""Fashion-MNIST: 70,000 grey images of clothes in ten classes, 28 x 28 (Xiao, Rasul and Vollgraf 2017)."""

from __future__ import annotations

from pathlib import Path

from bench.base.files import write_atomically
from bench.data import idx, sources
from bench.data.data_set import PARTS, DataSet

PACKAGE = "dataset-fashion-mnist"
INSTALLED = Path("usr/share/datasets/fashion-mnist")

SHA256: dict[str, str] = dict(
    zip(
        PARTS,
        (
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
        strict=True,
    )
)


def raw_folder(root: Path) -> Path:
    """Return where torchvision, too, looks for the decompressed files under `root`."""
    return root / "FashionMNIST" / "raw"


def from_torchvision(root: Path) -> None:
    """Download from torchvision's mirrors, with torchvision's own loader."""
    sources.torchvision_files("FashionMNIST", root)


def from_installed_package(root: Path) -> None:
    """Take the files of Debian's package, where it is installed."""
    _unpack(Path("/") / INSTALLED, root)


def from_downloaded_package(root: Path) -> None:
    """Download Debian's package."""
    with sources.debian_package(PACKAGE) as unpacked:
        _unpack(unpacked / INSTALLED, root)


SOURCES: sources.Sources = {
    "torchvision's mirrors": from_torchvision,
    f"the installed Debian package {PACKAGE}": from_installed_package,
    f"the Debian package {PACKAGE}, by apt-get download": from_downloaded_package,
}


def fetch(root: Path) -> str:
    """Try each source in turn until the verified files are under `root`; return the source that served.

    Raise DataError with what each source answered when none did.
    """
    refusal = "data set fashion_mnist is not available."
    advice = (
        f"connect to a network, or install the package with 'apt-get install {PACKAGE}', or put the four decompressed"
        f" files ({', '.join(PARTS)}) in {raw_folder(root)}; then try again."
    )
    return sources.first_that_serves(SOURCES, root, FASHION_MNIST.verify, (refusal, advice))


def _unpack(source: Path, root: Path) -> None:
    """Write the decompressed files of `source` under `root`, each verified before it is written."""
    for part in PARTS:
        content = idx.verify(source / f"{part}.gz", SHA256[part])
        write_atomically(raw_folder(root) / part, content)


FASHION_MNIST = DataSet(
    name="fashion_mnist",
    licence="MIT",
    origin="https://github.com/zalandoresearch/fashion-mnist",
    train_total=60_000,
    test_total=10_000,
    image=(28, 28),
    pixels=784,
    classes=10,
    sha256=SHA256,
    folder=raw_folder,
    fetch=fetch,
)
