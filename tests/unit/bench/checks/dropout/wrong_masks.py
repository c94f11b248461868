"""Dropout layers whose mask or scale is wrong in training, each in one way."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Right(nn.Module):
    """Inverted dropout; the wrong layers are made from it by one change."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def mask(self, x: Tensor) -> Tensor:
        return (torch.rand_like(x, dtype=torch.float32) >= self.p).to(x.dtype)

    def scale(self) -> float:
        return 1 / (1 - self.p) if self.p < 1 else 0.0

    def forward(self, x: Tensor) -> Tensor:
        return x * self.mask(x) * self.scale() if self.training else x


class NeverOn(Right):
    def forward(self, x: Tensor) -> Tensor:
        return x


class UniformOnMinusOneToOne(Right):
    def mask(self, x: Tensor) -> Tensor:
        return (torch.rand_like(x) * 2 - 1 >= self.p).to(x.dtype)


class OneMaskForEver(Right):
    drawn: Tensor | None = None

    def mask(self, x: Tensor) -> Tensor:
        if self.drawn is None:
            self.drawn = super().mask(x)
        return self.drawn.to(x.dtype)


class MaskOnTheCPU(Right):
    def mask(self, x: Tensor) -> Tensor:
        return (torch.rand(x.shape) >= self.p).to(x.dtype)


class NormalNumbers(Right):
    def mask(self, x: Tensor) -> Tensor:
        return (torch.randn_like(x) >= self.p).to(x.dtype)


class MaskInPlaceOnTheCPU(Right):
    """What torch lets through on meta, and nowhere else."""

    def forward(self, x: Tensor) -> Tensor:
        return x.clone().mul_((torch.rand(x.shape) >= self.p).to(x.dtype)).mul_(self.scale()) if self.training else x


class NotScaled(Right):
    def scale(self) -> float:
        return 1.0


class ScaledByTheRate(Right):
    def scale(self) -> float:
        return 1 / self.p if self.p else 1.0


class KeepProbability(Right):
    def __init__(self, p: float) -> None:
        super().__init__(1 - p)


class MaskSharedByRows(Right):
    def mask(self, x: Tensor) -> Tensor:
        return super().mask(x[:1])


class MaskSharedByUnits(Right):
    def mask(self, x: Tensor) -> Tensor:
        return super().mask(x[..., :1])


class PairsOfUnits(Right):
    def mask(self, x: Tensor) -> Tensor:
        return super().mask(x[..., ::2]).repeat_interleave(2, dim=-1)


class EveryFourthUnitStays(Right):
    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x)
        mask[..., ::4] = 0.0 if self.p == 1 else 1.0
        return mask


class FirstRowStays(Right):
    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x)
        mask[0] = 0.0 if self.p == 1 else 1.0
        return mask


class UnequalUnits(Right):
    """The right rate on average, and a rate of its own for every unit."""

    def mask(self, x: Tensor) -> Tensor:
        spread = torch.linspace(-0.1, 0.1, x.shape[-1], device=x.device) * (0 < self.p < 1)
        return (torch.rand_like(x, dtype=torch.float32) >= self.p + spread).to(x.dtype)


class TwoMasksInTurn(Right):
    def __init__(self, p: float) -> None:
        super().__init__(p)
        self.drawn: list[Tensor] = []
        self.calls = 0

    def mask(self, x: Tensor) -> Tensor:
        if len(self.drawn) < 2:
            self.drawn.append(super().mask(x))
        self.calls += 1
        return self.drawn[self.calls % len(self.drawn)]


class StickyMask(Right):
    """One number in ten is that of the call before."""

    before: Tensor | None = None

    def mask(self, x: Tensor) -> Tensor:
        new = super().mask(x)
        if self.before is not None:
            new = torch.where(torch.rand_like(x) < 0.1, self.before, new)
        self.before = new
        return new


class DropsSmallValues(Right):
    """At the right rate for the inputs as a whole, and only where they are smaller."""

    def mask(self, x: Tensor) -> Tensor:
        rates = self.p + torch.where(x.abs() < 1.5, 0.1, -0.1) * (0 < self.p < 1)
        return (torch.rand_like(x) >= rates).to(x.dtype)


class RateFades(Right):
    """The longer it is used, the less it drops: the mean rate stays right for 128 calls."""

    calls = 0

    def mask(self, x: Tensor) -> Tensor:
        self.calls += 1
        shift = 0.1 * (64.5 - self.calls) / 64 * (0 < self.p < 1)
        return (torch.rand_like(x, dtype=torch.float32) >= self.p + shift).to(x.dtype)


class GeneratorSeededAlike(Right):
    """Every layer of the network starts from the same number."""

    def __init__(self, p: float) -> None:
        super().__init__(p)
        self.generator = torch.Generator().manual_seed(7)

    def mask(self, x: Tensor) -> Tensor:
        drawn = torch.rand(x.shape, generator=self.generator)
        return (drawn >= self.p).to(x.device, x.dtype)
