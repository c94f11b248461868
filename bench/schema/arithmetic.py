"""What decides the last bits of a row's numbers, as ``environment/<id>.json`` has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Arithmetic:
    """Matrix kernels and libraries that numbers were computed with: other ones round otherwise."""

    kernels: str
    """Processor that OpenBLAS was compiled for, as in ``SkylakeX``, and what else multiplied, as in
    ``Haswell/oneDNN``."""
    numpy: str
    torch: str
    gpu: str = ""
    """Name of the GPU; empty where none was used."""

    def __str__(self) -> str:
        on = f", on {self.gpu}" if self.gpu else ""
        return f"{self.kernels} kernels of numpy {self.numpy}, torch {self.torch}{on}"


def arithmetic(environment: Mapping[str, Any]) -> Arithmetic:
    """Return what an environment computes with; ``unknown`` for what it does not say."""
    libraries = environment.get("libraries") or {}
    loaded = (environment.get("cpu") or {}).get("matrix_libraries") or []
    kernels = sorted({str(each["kernels"]) for each in loaded if each.get("kernels")})
    kernels += sorted(set(((environment.get("cpu") or {}).get("multiplied_by") or {}).values()))
    return Arithmetic(
        "/".join(kernels) or "unknown",
        str(libraries.get("numpy") or "unknown"),
        str(libraries.get("torch") or "unknown"),
        str((environment.get("gpu") or {}).get("name") or ""),
    )
