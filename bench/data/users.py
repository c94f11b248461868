"""Users' own data: one ``.npz`` file with four arrays, or a folder with four IDX files."""

from __future__ import annotations

import hashlib
import itertools
import math
import zipfile
import zlib
from pathlib import Path

import numpy as np

from bench.base.errors import DataError
from bench.data import idx
from bench.data.data_set import PARTS, DataSet, from_idx
from bench.data.images import Images
from bench.schema.data_files import ARRAYS

_UNREADABLE = (
    OSError, ValueError, EOFError, KeyError, TypeError, NotImplementedError, RuntimeError, MemoryError, zlib.error,
    zipfile.BadZipFile,
)  # fmt: skip
"""What zipfile and numpy raise on an archive that is damaged, encrypted, or packed in a way that they do not know."""


def own_data_set(name: str, path: Path) -> DataSet:
    """Return the data at `path` as a data set, under `name`; raise DataError with every fault of them.

    Images are `[N, ...]`: bytes, which are divided by 255, or floating numbers, which stay as they are. Labels are
    whole numbers from 0, `[N]`. The hash is taken now, and checked whenever the data are read.
    """
    files = _files(path)
    read = _from_npz if path.suffix == ".npz" else from_idx
    images = read(files, 0)
    if faults := image_faults(images):
        raise DataError("\n".join(f"{path}: {fault}" for fault in faults))
    shape = images.train_images.shape[1:]
    return DataSet(
        name=name,
        licence="the user's own",
        origin=str(path),
        train_total=len(images.train_images),
        test_total=len(images.test_images),
        image=(shape[0], shape[1]) if len(shape) == 2 else None,
        pixels=int(np.prod(shape)),
        classes=int(images.train_labels.max()) + 1,
        sha256={file.name: hashlib.sha256(idx.read_bytes(file)).hexdigest() for file in files},
        folder=lambda root: files[0].parent,
        fetch=lambda root: str(path),
        read=read,
    )


def _files(path: Path) -> list[Path]:
    if path.is_file() and path.suffix == ".npz":
        return [path]
    if not path.is_dir():
        what = "is neither an .npz file nor a folder" if path.exists() else "no such file or folder"
        raise DataError(f"{path}: {what}; an .npz file with {', '.join(ARRAYS)}, or a folder of IDX files, is expected")
    found = [file for part in PARTS for file in (path / part, path / f"{part}.gz") if file.is_file()]
    if [file.name.removesuffix(".gz") for file in found] != list(PARTS):
        names = ", ".join(file.name for file in found) or "none of them"
        raise DataError(f"{path}: has {names}; {', '.join(PARTS)} are expected, each once, also with .gz")
    return found


def _from_npz(paths: list[Path], classes: int) -> Images:
    (path,) = paths
    try:
        opened = np.load(path, allow_pickle=False)
        if isinstance(opened, np.ndarray):
            raise DataError(f"{path}: is one array (.npy), not an archive of several; numpy.savez writes one")
        with opened as archive:
            if lacking := [name for name in ARRAYS if name not in archive]:
                raise DataError(f"{path}: lacks {', '.join(lacking)}; it has {', '.join(archive) or 'nothing'}")
            _check_sizes(path)
            return Images(*(archive[name] for name in ARRAYS), classes=classes)
    except _UNREADABLE as error:
        raise DataError(f"{path}: cannot be read: {error}") from error


def _check_sizes(path: Path) -> None:
    """Refuse arrays whose header claims more numbers than the archive holds for them, before they are made room for."""
    with zipfile.ZipFile(path) as archive:
        for name in ARRAYS:
            entry = archive.getinfo(f"{name}.npy")
            with archive.open(entry) as file:
                version = np.lib.format.read_magic(file)
                read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
                shape, _, kind = read(file)
                claimed = math.prod(shape) * kind.itemsize
                if claimed != entry.file_size - file.tell():
                    raise DataError(
                        f"{path}: {name} claims {claimed:,} bytes of numbers, and has {entry.file_size - file.tell():,}"
                    )


def image_faults(images: Images) -> list[str]:
    """Return what is wrong with the arrays of users' own data, each in a line."""
    faults = []
    for part in ("train", "test"):
        examples, labels = getattr(images, f"{part}_images"), getattr(images, f"{part}_labels")
        if examples.ndim < 2 or not examples.size:
            faults.append(f"{part}_images has shape {examples.shape}; examples by pixels, or rows and columns, wanted")
        if examples.dtype != np.uint8 and examples.dtype.kind != "f":
            faults.append(f"{part}_images is {examples.dtype}; uint8 (divided by 255) or floating (as it is) wanted")
        elif not np.isfinite(examples).all():
            faults.append(f"{part}_images holds a number that is not finite")
        if labels.shape != examples.shape[:1]:
            faults.append(f"{part}_labels has shape {labels.shape}; {examples.shape[:1]}, one for each example, wanted")
        if labels.dtype.kind not in "iu":
            faults.append(f"{part}_labels is {labels.dtype}; whole numbers wanted")
        elif labels.size and labels.min() < 0:
            faults.append(f"{part}_labels holds {labels.min()}; classes are numbered from 0")
    kinds = [getattr(images, f"{part}_images").dtype for part in ("train", "test")]
    if not faults and (kinds[0] == np.uint8) != (kinds[1] == np.uint8):
        faults.append(f"examples are {kinds[0]} in train, {kinds[1]} in test; uint8 is divided by 255, others are not")
    if not faults and images.train_images.shape[1:] != images.test_images.shape[1:]:
        faults.append(f"examples are {images.train_images.shape[1:]} in train, {images.test_images.shape[1:]} in test")
    if not faults and (absent := _absent(images.train_labels)):
        faults.append(f"train_labels has no example of {absent}; classes are numbered from 0 without gaps")
    if not faults and images.test_labels.max() > images.train_labels.max():
        faults.append(f"test_labels holds {images.test_labels.max()}, train_labels no more than its largest class")
    return faults


def _absent(labels: np.ndarray) -> str:
    """Return the first classes below the largest that have no example, in words; one class alone lacks a second."""
    present = set(np.unique(labels).tolist())
    wanted = range(max(2, int(labels.max()) + 1))
    absent = list(itertools.islice((str(label) for label in wanted if label not in present), 6))
    return ", ".join(absent[:5]) + (", ..." if len(absent) > 5 else "")
