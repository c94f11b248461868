"""What a data set is: named files with known content, and how to get them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.data import idx
from bench.data.split import Images
from bench.faults import DataError

PARTS = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


@dataclass(frozen=True)
class DataSet:
    """A data set in four IDX files, `sha256` of each when decompressed.

    ``folder`` gives where the files lie under a root; ``fetch`` puts them there, and raises DataError, naming every
    source it tried, when it cannot.
    """

    name: str
    licence: str
    origin: str
    train_total: int
    test_total: int
    image: tuple[int, int] | None
    """Rows and columns of an image; None where the data are none."""
    pixels: int
    classes: int
    suffix: str
    sha256: Mapping[str, str]
    folder: Callable[[Path], Path]
    fetch: Callable[[Path], str]

    def missing(self, root: Path) -> list[Path]:
        """Return the files that are not under `root`."""
        paths = [self.folder(root) / (part + self.suffix) for part in PARTS]
        return [path for path in paths if not path.is_file()]

    def verify(self, root: Path) -> list[bytes]:
        """Return the content of the four files, each checked against its SHA-256; raise DataError."""
        if absent := self.missing(root):
            raise DataError(
                f"data set {self.name}: {', '.join(map(str, absent))}: no such file."
                f" Get it with: python -m bench data fetch {self.name}"
            )
        return [idx.verify(self.folder(root) / (part + self.suffix), self.sha256[part]) for part in PARTS]

    def load(self, root: Path) -> Images:
        """Return the verified images and labels; raise DataError."""
        return Images(*map(idx.decode, self.verify(root)), classes=self.classes)
