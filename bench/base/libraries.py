"""Versions of the libraries that compute, and the kernels that their matrix products run. Nothing heavy is imported."""

from __future__ import annotations

import os
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy  # noqa: F401 - its matrix library is listed once it is loaded
from threadpoolctl import threadpool_info

COMPUTING = ("torch", "triton", "torchvision", "numpy", "numba", "scipy", "pandas", "pyarrow")


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


def vector_instructions() -> list[str]:
    """Return the vector instructions that the processor has for floating-point numbers, as Linux names them."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])
    return sorted(each for each in flags if each.startswith(("avx", "fma", "amx", "sse4_2")))


HOLDING = (
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "MKL_ENABLE_INSTRUCTIONS",
    "ATEN_CPU_CAPABILITY",
    "ONEDNN_MAX_CPU_ISA",
)
"""Environment variables by which a matrix library takes other kernels than those made for the processor."""


def held_back() -> str | None:
    """Return a sentence on the variables that may hold the matrix products back, None where none is set."""
    given = [f"{name}={os.environ[name]}" for name in HOLDING if os.environ.get(name)]
    if not given:
        return None
    kernels = "/".join(sorted({str(each["kernels"]) for each in matrix_libraries() if each["kernels"]})) or "unknown"
    stand, them = ("stands", "it") if len(given) == 1 else ("stand", "them")
    return (
        f"{' and '.join(given)} {stand} in the environment and may hold matrix products back: numpy's run {kernels}"
        f" kernels. Unset {them} to measure what the processor can do"
    )
