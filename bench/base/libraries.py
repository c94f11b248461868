"""Versions of the libraries that compute, and the kernels that their matrix products run. Nothing heavy is imported."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import numpy  # noqa: F401 - its matrix library is listed once it is loaded
from threadpoolctl import threadpool_info

COMPUTING = ("torch", "triton", "torchvision", "numpy", "scipy", "pandas", "pyarrow")


def versions() -> dict[str, str | None]:
    """Return the version of each library in `COMPUTING`, None where it is not installed."""
    return {name: _version(name) for name in COMPUTING}


def matrix_libraries() -> list[dict[str, Any]]:
    """Return file, version and chosen kernels of each matrix library that is loaded; torch has its own linked in."""
    return [
        {"file": Path(each["filepath"]).name, "version": each["version"], "kernels": each.get("architecture")}
        for each in threadpool_info()
        if each["user_api"] == "blas"
    ]


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None
