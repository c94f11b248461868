"""Number formats of the matrix products: where each exists, and how it is switched on.

Parameters, noise, loss and update are float32 whatever the format, and so is the stacked engine's evaluation.
``float32``: products in IEEE single precision, the default and the reference. ``tf32``: operands rounded to 10 mantissa
bits (CUDA only). ``bfloat16``: operands rounded to bfloat16, sums in float32. The stacked engine, where the bias is
part of the operand, rounds bias and results as well; the fused one does not. The column ``engine`` tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bench.base.torch_on_use import torch

DEVICES = ["cpu", "cuda"]

PRECISIONS = {"float32": ("cpu", "cuda"), "tf32": ("cuda",), "bfloat16": ("cpu", "cuda")}
"""Precision -> kinds of device that have it."""


OWN_PRECISION = "own"
"""The precision of own training code, which computes in whatever formats it likes."""

_EVERYWHERE = ("float32", OWN_PRECISION)

AMPERE = (8, 0)
"""Compute capability of the first GPUs with TF32 and bfloat16."""


class Target(NamedTuple):
    """What a trial runs on, and in what number format."""

    device: str
    precision: str

    def __str__(self) -> str:
        return self.device if self.precision in _EVERYWHERE else f"{self.device} in {self.precision}"

    def exists(self) -> bool:
        """Tell whether some machine has it: TF32 is there on CUDA only."""
        return self.precision == OWN_PRECISION or self.device in PRECISIONS[self.precision]

    def is_present(self) -> bool:
        """Tell whether this machine has the device, and the device this arithmetic in hardware."""
        if self.device == "cuda":
            here = torch.cuda.is_available()
            return here and (self.precision in _EVERYWHERE or torch.cuda.get_device_capability() >= AMPERE)
        if self.precision in _EVERYWHERE:
            return True
        can = torch.cpu.get_capabilities()
        return bool(can.get("avx512_bf16") or can.get("amx_bf16"))


def operand_format(precision: str, weights: torch.dtype) -> torch.dtype:
    """Return the format in which products take their operands, where `weights` are kept in theirs."""
    return torch.bfloat16 if precision == "bfloat16" else weights


@contextmanager
def products(precision: str) -> Iterator[None]:
    """Let float32 products on CUDA be what `precision` says, for as long as the context lasts."""
    matmul = torch.backends.cuda.matmul
    before = matmul.fp32_precision, matmul.allow_bf16_reduced_precision_reduction
    matmul.fp32_precision = "tf32" if precision == "tf32" else "ieee"
    matmul.allow_bf16_reduced_precision_reduction = False
    try:
        yield
    finally:
        matmul.fp32_precision, matmul.allow_bf16_reduced_precision_reduction = before
