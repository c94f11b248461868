"""What a data set is: named files with known content, how to get them, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.base.errors import DataError
from bench.data import idx
from bench.data.images import Images
from bench.schema.data_files import PARTS

__all__ = ["PARTS", "DataSet", "from_idx"]


def from_idx(paths: list[Path], classes: int) -> Images:
    """Return what four IDX files hold, in the order of `PARTS`; raise DataError."""
    return Images(*map(idx.read, paths), classes=classes)


@dataclass(frozen=True)
class DataSet:
    """A data set in files of known content.

    ``folder`` gives where the files lie under a root; ``fetch`` puts them there, returns what served, and raises
    DataError, naming every source it tried, when it cannot.
    """

    name: str
    licence: str
    origin: str
    train_total: int
    test_total: int
    image: tuple[int, int] | None
    """Rows and columns of an image; None where the data are none."""
    pixels: int
    """Numbers in an image, or in whatever else an example is."""
    classes: int
    sha256: Mapping[str, str]
    """File -> SHA-256 of its content, decompressed where its name ends in .gz, unless `as_it_lies`."""
    folder: Callable[[Path], Path]
    fetch: Callable[[Path], str]
    read: Callable[[list[Path], int], Images] = from_idx
    """(files, in order; classes) -> images and labels."""
    as_it_lies: bool = False
    """Hashes are of the files themselves, compressed as they are."""
    version: int = 1
    """Raised when `read` gives other images or labels of the same files: data are named by it."""
    plugin: str = ""
    """Hash of the code of the user's own file that it comes from: its trials are named by it instead."""

    def files(self, root: Path) -> list[Path]:
        """Return where its files are, or would be."""
        return [self.folder(root) / name for name in self.sha256]

    def missing(self, root: Path) -> list[Path]:
        """Return the files that are not under `root`."""
        return [path for path in self.files(root) if not path.is_file()]

    def verify(self, root: Path) -> None:
        """Check each file against its SHA-256; raise DataError."""
        if absent := self.missing(root):
            raise DataError(
                f"data set {self.name}: {', '.join(map(str, absent))}: no such file."
                f" Get it with: python -m bench data fetch {self.name}"
            )
        for path, sha256 in zip(self.files(root), self.sha256.values(), strict=True):
            idx.verify(path, sha256, as_it_lies=self.as_it_lies)

    def load(self, root: Path) -> Images:
        """Return the verified images and labels; raise DataError."""
        self.verify(root)
        return self.read(self.files(root), self.classes)
