"""Bytes of images, and the numbers that are trained on."""

from __future__ import annotations

import torch


def numbers(images: torch.Tensor, out: torch.Tensor | None = None) -> torch.Tensor:
    """Return what is trained on, in `out` where that is given: bytes as float32, / 255, and numbers as they are."""
    if images.dtype != torch.uint8:
        return images if out is None else out.copy_(images)
    if images.device.type != "cpu":
        raise ValueError("bytes are on a GPU, which rounds otherwise when it divides by 255: move numbers there")
    return torch.div(images.float(), 255, out=out)
