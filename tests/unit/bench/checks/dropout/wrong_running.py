"""Dropout layers that are right in plain training in float32, and wrong in another format, mode, or when compiled."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.unit.bench.checks.dropout.wrong_inputs import Cached, Off, Raises, Unscaled
from tests.unit.bench.checks.dropout.wrong_masks import Right


def autocasts() -> bool:
    return torch.is_autocast_enabled("cpu")


class NothingInFloat16(Off):
    def off(self, x: Tensor) -> bool:
        return x.dtype == torch.float16


class NotScaledInFloat16(Unscaled):
    def off(self, x: Tensor) -> bool:
        return x.dtype == torch.float16


class NormalNumbersInFloat16(Right):
    def mask(self, x: Tensor) -> Tensor:
        return (torch.randn_like(x) >= self.p).to(x.dtype) if x.dtype == torch.float16 else super().mask(x)


class RaisesInFloat16(Raises):
    def off(self, x: Tensor) -> bool:
        return x.dtype == torch.float16


class Float16BecomesFloat32(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.float() if x.dtype == torch.float16 else x)


class NothingUnderAutocast(Off):
    def off(self, x: Tensor) -> bool:
        return autocasts()


class NotScaledUnderAutocast(Unscaled):
    def off(self, x: Tensor) -> bool:
        return autocasts()


class OneMaskUnderAutocast(Cached):
    def off(self, x: Tensor) -> bool:
        return autocasts()


class RaisesUnderAutocast(Raises):
    def off(self, x: Tensor) -> bool:
        return autocasts()


class NothingWhenCompiled(Off):
    def off(self, x: Tensor) -> bool:
        return torch.compiler.is_compiling()


class NotScaledWhenCompiled(Unscaled):
    def off(self, x: Tensor) -> bool:
        return torch.compiler.is_compiling()


class OneMaskWhenCompiled(Right):
    """The mask is computed of constants."""

    def mask(self, x: Tensor) -> Tensor:
        if not torch.compiler.is_compiling():
            return super().mask(x)
        numbers = torch.arange(x.numel(), device=x.device, dtype=torch.float64) * 0.6180339887498949
        return (numbers.frac() >= self.p).to(x.dtype).reshape(x.shape)


class RowsShareAMaskWhenCompiled(Right):
    def mask(self, x: Tensor) -> Tensor:
        return super().mask(x[:1] if torch.compiler.is_compiling() else x)


class NothingInInferenceMode(Off):
    def off(self, x: Tensor) -> bool:
        return torch.is_inference_mode_enabled()


class NotScaledWithoutGradients(Unscaled):
    def off(self, x: Tensor) -> bool:
        return not torch.is_grad_enabled()


class NotScaledAtTwoTenths(Right):
    """Scaled by 1 - p of one decimal rounded down: right at 0.2 and 0.5, wrong between."""

    def scale(self) -> float:
        return 1 / (1 - int(self.p * 10 + 1e-9) / 10) if self.p < 1 else 0.0
