"""What decides the last bits of a row's numbers, as ``environment/<id>.json`` has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

USUAL = "numpy"
"""The library that multiplies unless another one is much faster."""


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
    layers: tuple[tuple[tuple[int, int], str], ...] = field(default=(), compare=False)
    """(inputs, outputs) of a layer, and which library multiplied there, where that was measured."""

    @property
    def by_numpy(self) -> Arithmetic:
        """The same, had numpy multiplied in all layers."""
        others = {library for _, library in self.layers}
        return replace(self, kernels="/".join(each for each in self.kernels.split("/") if each not in others))

    def __str__(self) -> str:
        on = f", on {self.gpu}" if self.gpu else ""
        return f"{self.kernels} kernels of numpy {self.numpy}, torch {self.torch}{on}"


def arithmetic(environment: Mapping[str, Any]) -> Arithmetic:
    """Return what an environment computes with; ``unknown`` for what it does not say."""
    libraries = environment.get("libraries") or {}
    loaded = (environment.get("cpu") or {}).get("matrix_libraries") or []
    kernels = sorted({str(each["kernels"]) for each in loaded if each.get("kernels")})
    layers = (environment.get("cpu") or {}).get("multiplied_by") or {}
    kernels += sorted(set(layers.values()) - {USUAL})
    return Arithmetic(
        "/".join(kernels) or "unknown",
        str(libraries.get("numpy") or "unknown"),
        str(libraries.get("torch") or "unknown"),
        str((environment.get("gpu") or {}).get("name") or ""),
        tuple((_shape(layer), library) for layer, library in layers.items()),
    )


def _shape(layer: str) -> tuple[int, int]:
    inputs, _, outputs = layer.partition(" x ")
    return int(inputs), int(outputs)
