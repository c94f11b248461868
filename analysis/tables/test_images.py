"""The test images of a study, in the order of its trials' test bits, held to what its plan records."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analysis.base.errors import TableError, listed
from bench.schema.data_files import ARRAYS, PARTS, places_of
from bench.schema.idx import decoded

FORMS = "an IDX file (.gz or not), an .npy, an .npz with test_images, or a folder with one of them"
IMAGES, LABELS = PARTS[2:]
NO_RECORD = "Nothing records which file of images the trials were tested on."
_IMAGES, _LABELS = ARRAYS[2:]
_UNREADABLE = (
    OSError, ValueError, EOFError, KeyError, TypeError, NotImplementedError, RuntimeError, MemoryError, zlib.error,
    zipfile.BadZipFile,
)  # fmt: skip
"""What zipfile, gzip and numpy raise on a file that is damaged, encrypted, or packed in a way that they do not know."""


@dataclass(frozen=True, eq=False)
class TestImages:
    """Test images as they are shown.

    Parameters
    ----------
    pixels : ndarray of uint8, [N, rows, columns] or [N, rows, columns, 3]
    labels : ndarray of int64, [N], or None
    source : Path
    recorded : bool
        Whether the plan records the digest of this file, which is then that of its content.
    stretched : bool
        Whether the grey levels are other numbers, from the smallest to the largest of all images.
    """

    __test__ = False  # pytest takes any class of this name for tests

    pixels: np.ndarray
    labels: np.ndarray | None
    source: Path
    recorded: bool = False
    stretched: bool = False

    def __len__(self) -> int:
        return len(self.pixels)


class _NoPicturesError(TableError):
    """Examples that are no pictures."""


@dataclass(frozen=True)
class _File:
    """A file that was read: its content without gzip, and the digests that a plan may have of it."""

    path: Path
    content: bytes
    digests: frozenset[str]


def read_test_images(path: Path, record: object = None) -> TestImages:
    """Read test images, and their labels where they lie beside them or in the same file.

    Parameters
    ----------
    path : Path
        What `FORMS` says.
    record : mapping, optional
        What the plan records of the data, as `bench.schema.data_files.record_of`; anything else records nothing.

    Raises
    ------
    TableError
        No such file, no images in it, or other content than was recorded.
    """
    file = _read(_images_in(path))
    expected = recorded(record, (IMAGES, ".npz"))
    _check(file, expected)
    arrays = _arrays(file)
    images = arrays[_IMAGES]
    labels = arrays.get(_LABELS)
    beside = file.path.with_name(file.path.name.replace("images-idx3", "labels-idx1"))
    if labels is None and beside != file.path and beside.is_file():
        other = _read(beside)
        _check(other, recorded(record, (LABELS,)))
        labels = _array(other)
    pixels, stretched = _pixels(file.path, images)
    return TestImages(pixels, _labels(file.path, labels, len(pixels)), file.path, bool(expected), stretched)


def find_test_images(record: object) -> TestImages | str:
    """Return the test images of a plan that records its data, where they lie on this machine; else why there are none.

    That is empty where the data are no images.
    """
    if not isinstance(record, Mapping):
        return NO_RECORD
    if not record.get("images", True):
        return ""
    names = recorded(record, (IMAGES, ".npz"))
    if not names:
        return "The test images of this study lie in no file that is read here."
    found = next((file for folder in places_of(record) for name in names if _is_file(file := folder / name)), None)
    if found is None:
        return f"The test images of this study ({listed(names)}) are not on this machine."
    return _read_or_why(found, record)


def _is_file(path: Path) -> bool:
    """Return whether there is a file; a name in a plan may be too long for one."""
    try:
        return path.is_file()
    except OSError:
        return False


def _read_or_why(found: Path, record: Mapping[str, Any]) -> TestImages | str:
    try:
        return read_test_images(found, record)
    except _NoPicturesError:
        return ""
    except TableError as error:
        return f"The test images of this study are not shown: {error.source} {error.faults[0]}."


def recorded(record: object, kinds: tuple[str, ...]) -> dict[str, str]:
    """Return the files that a plan records, by the name of the file, of which the name has one of these parts."""
    files = record.get("sha256") if isinstance(record, Mapping) else None
    known = files if isinstance(files, Mapping) else {}
    return {str(name): str(digest) for name, digest in known.items() if any(kind in str(name) for kind in kinds)}


def _images_in(path: Path) -> Path:
    """Return the file of images that is meant."""
    if not path.is_dir():
        return path
    found = [file for name in (IMAGES, f"{IMAGES}.gz") if (file := path / name).is_file()] or sorted(path.glob("*.npz"))
    if len(found) != 1:
        what = "has none of them" if not found else f"has {listed([file.name for file in found])}"
        raise TableError(path, [f"{what}; expected {IMAGES}, the same with .gz, or an .npz, one of them"])
    return found[0]


def _read(path: Path) -> _File:
    if path.exists() and not path.is_file():
        raise TableError(path, [f"is no file; expected {FORMS}"])
    try:
        raw = path.read_bytes()
        content = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise TableError(path, [f"cannot be read: {reason}; expected {FORMS}"]) from error
    return _File(path, content, frozenset(hashlib.sha256(each).hexdigest() for each in (raw, content)))


def _check(file: _File, expected: Mapping[str, str]) -> None:
    """Refuse a file that is none of those that the plan records."""
    if expected and file.digests.isdisjoint(expected.values()):
        (mine,) = {hashlib.sha256(file.content).hexdigest()}
        known = " or ".join(f"{name} with SHA-256 {digest}" for name, digest in expected.items())
        raise TableError(
            file.path, [f"is not the file that the trials were tested on: its SHA-256 is {mine}; allowed: {known}"]
        )


def _arrays(file: _File) -> dict[str, np.ndarray]:
    """Return images, and labels where the file has them, under the names of an archive."""
    if not file.content.startswith(b"PK"):
        return {_IMAGES: _array(file)}
    try:
        with np.load(io.BytesIO(file.content), allow_pickle=False) as archive:
            found = {name: archive[name] for name in (_IMAGES, _LABELS) if name in archive}
            names = list(archive)
    except _UNREADABLE as error:
        raise TableError(file.path, [f"cannot be read as an .npz: {error}"]) from error
    if _IMAGES not in found:
        raise TableError(file.path, [f"lacks {_IMAGES}; it has {listed(names)}"])
    return found


def _array(file: _File) -> np.ndarray:
    try:
        if file.content.startswith(b"\x93NUMPY"):
            return np.load(io.BytesIO(file.content), allow_pickle=False)
        return decoded(file.content)
    except _UNREADABLE as error:
        raise TableError(file.path, [f"cannot be read: {error}; expected {FORMS}"]) from error


def _pixels(path: Path, images: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return images as bytes, and whether their numbers were stretched to that."""
    if images.ndim == 4 and images.shape[3] == 1:
        images = images[..., 0]
    is_picture = images.ndim == 3 or (images.ndim == 4 and images.shape[3] == 3)
    if not is_picture or not images.size or images.dtype.kind not in "uif":
        raise _NoPicturesError(
            path,
            [
                f"has {images.dtype} of shape {images.shape}; allowed: numbers of shape (images, rows, columns), or "
                "(images, rows, columns, 3) for colours"
            ],
        )
    if images.dtype == np.uint8:
        return images, False
    numbers = images.astype(np.float32)
    if not np.isfinite(numbers).all():
        raise TableError(path, ["holds a number that is not finite; allowed: finite numbers"])
    low, high = float(numbers.min()), float(numbers.max())
    return np.rint((numbers - low) * (255 / (high - low or 1))).astype(np.uint8), True


def _labels(path: Path, labels: np.ndarray | None, total: int) -> np.ndarray | None:
    if labels is None:
        return None
    if labels.shape != (total,) or labels.dtype.kind not in "ui":
        raise TableError(
            path, [f"has labels of shape {labels.shape}, {labels.dtype}; allowed: a whole number for each of {total}"]
        )
    return labels.astype(np.int64)
