"""The files of a study's data: what a run records of them in its plan, and where they are looked for again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PARTS = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
"""Names of the IDX files of a data set, as MNIST has them, each also with .gz."""

ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")
"""The same as the arrays of an ``.npz`` file."""

_PACKAGE = Path(__file__).parents[2]
"""Where the packages lie, and the data that ship with them."""


def data_root() -> Path:
    """Return the folder that data sets are kept in: ``$BENCH_DATA``, else ``data`` in the current folder."""
    return Path(os.environ.get("BENCH_DATA", "data"))


def record_of(name: str, folder: Path, sha256: Mapping[str, str], *, images: bool) -> dict[str, Any]:
    """Return what a plan records of a data set: its files with their SHA-256, and where their folder is.

    The folder is named from `data_root` or from where the packages lie, so that it is one on another machine too; it is
    None elsewhere. `images`: whether the examples have rows and columns.
    """
    below = (
        folder.resolve().relative_to(root.resolve())
        for root in (data_root(), _PACKAGE)
        if folder.resolve().is_relative_to(root.resolve())
    )
    found = next(below, None)
    return {"name": name, "folder": None if found is None else found.as_posix(), "images": images,
            "sha256": dict(sha256)}  # fmt: skip


def places_of(record: Mapping[str, Any]) -> list[Path]:
    """Return the folders that a recorded data set may lie in on this machine."""
    folder = record.get("folder")
    return [root / folder for root in (data_root(), _PACKAGE)] if isinstance(folder, str) else []
