"""Golden numbers of the data: what readers make of files, the split, and wrong labels."""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch

from bench.data import DATA_SETS, digits, emnist, idx, mnist_5k
from bench.data.data_set import DataSet
from bench.data.split import Images, Split, make_split
from bench.record.trials import FUSED, STACKED
from tests.golden.golden import Golden, Numbers, data_set, engine

SAMPLE = "fashion_mnist_sample"
SPLITS = {"plain": {}, "stratified": {"stratified": True}, "label noise": {"label_noise": 0.3}}
PACKAGES = {SAMPLE: "", "mnist_1d": "", "digits": digits.FILE.package, "mnist_5k": mnist_5k.FILE.package}
"""Data set that can be had without a network -> the Python package that must be installed for it."""


def of_data() -> Iterator[Golden]:
    """Yield the goldens of each reader, of what is published and at hand, and of the split, for each engine."""
    for name, record in DATA_SETS.items():
        yield Golden(f"data set {name}, made-up files", data_set(name), made_up(record))
    for name, package in PACKAGES.items():
        record = DATA_SETS[name]
        yield Golden(f"data set {name}, as published", data_set(name), published(record), absent=uninstalled(package))
    for each in (STACKED, FUSED):
        yield Golden(f"split, for the {each} engine", engine(each) | data_set(SAMPLE), splits)


def made_up(record: DataSet) -> Callable[[], Numbers]:
    """Return what gives the arrays that its reader makes of four small arrays in the files that it wants."""
    arrays = [np.arange(5 * 6, dtype=np.uint8).reshape(5, 2, 3) * 7, np.arange(5, dtype=np.uint8) % 3] * 2

    def numbers() -> Numbers:
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / name for name in record.sha256]
            if len(files) == len(arrays):
                for file, array in zip(files, arrays, strict=True):
                    content = idx.encode(array)
                    file.write_bytes(gzip.compress(content) if file.suffix == ".gz" else content)
            else:  # the archive of EMNIST
                with zipfile.ZipFile(files[0], "w") as archive:
                    for member, array in zip(emnist.MEMBERS, arrays, strict=True):
                        archive.writestr(member, gzip.compress(idx.encode(array)))
            images = record.read(files, record.classes)
            return digests(images) | {"training images": images.train_images.flatten().tolist()}

    return numbers


def published(record: DataSet) -> Callable[[], Numbers]:
    """Return what gives the digests of its arrays."""

    def numbers() -> Numbers:
        with tempfile.TemporaryDirectory() as folder:
            record.fetch(Path(folder))
            return digests(record.load(Path(folder)))

    return numbers


def uninstalled(package: str) -> Callable[[], str]:
    """Return what says that `package` is not installed."""

    def absent() -> str:
        installed = not package or any(importlib.metadata.distributions(name=package))
        return "" if installed else f"install {package}: pip install {package}"

    return absent


def splits() -> Numbers:
    """Return what each way to split gives, in the format of studies."""
    images = DATA_SETS[SAMPLE].load(Path())
    found: Numbers = {}
    for name, options in SPLITS.items():
        split = make_split(images, 500, 300, torch.float32, **options)
        parts = {key: value for key, value in vars(split).items() if isinstance(value, torch.Tensor)}
        found[f"{name}, digests"] = [digest(value.numpy()) for value in parts.values()]
        found[f"{name}, first labels"] = split.train_labels[:40].tolist()
        found[f"{name}, images of each class"] = _of_each_class(split)
    return found


def _of_each_class(split: Split) -> list[int]:
    return torch.bincount(split.train_labels, minlength=split.classes).tolist()


def digests(images: Images) -> Numbers:
    """Return the digest of each array, and how many classes there are."""
    arrays = (images.train_images, images.train_labels, images.test_images, images.test_labels)
    return {"digests": [digest(each) for each in arrays], "classes": [images.classes]}


def digest(array: np.ndarray) -> str:
    """Return shape, format and the first digits of the SHA-256 of the numbers, least significant byte first."""
    content = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    return f"{array.dtype.name} {list(array.shape)} {hashlib.sha256(content.tobytes()).hexdigest()[:16]}"
