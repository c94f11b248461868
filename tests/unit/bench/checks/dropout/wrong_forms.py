"""Dropout layers that are right on plain float32 batches at the usual rates, and wrong elsewhere, each in one way."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.unit.bench.checks.dropout.wrong_masks import Right


class UnitsTenApart(Right):
    """Every unit shares its number with the one ten places on."""

    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x)
        mask[..., 10:20] = mask[..., : mask[..., 10:20].shape[-1]]
        return mask


class RowsThirtySevenApart(Right):
    """Half of the numbers of rows 37 apart are the same."""

    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x)
        if x.ndim == 2 and len(x) > 37:
            mask[37:, ::2] = mask[:-37, ::2]
        return mask


class LastUnitIsTheThird(Right):
    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x)
        mask[..., -1] = mask[..., 2]
        return mask


class TwoHundredMasks(Right):
    """Drawn at first, then used in turn."""

    def __init__(self, p: float) -> None:
        super().__init__(p)
        self.drawn: list[Tensor] = []
        self.calls = 0

    def mask(self, x: Tensor) -> Tensor:
        self.calls += 1
        if len(self.drawn) < 200:
            self.drawn.append(super().mask(x))
        return self.drawn[(self.calls - 1) % 200]


class OnlyInFloat32(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) if x.dtype == torch.float32 else x


class NotInBfloat16(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) if x.dtype != torch.bfloat16 else x


class NotScaledInFloat64(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) / (
            self.scale() if x.dtype == torch.float64 and 0 < self.p < 1 and self.training else 1
        )


class OneMaskForASequence(Right):
    """The first dimension shares a mask wherever there are three or more."""

    def mask(self, x: Tensor) -> Tensor:
        return super().mask(x[:1] if x.ndim > 2 else x)


class UnitsBeyondTheSixtyFourthStay(Right):
    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x)
        mask[..., 64:] = 1
        return mask


class WidthRepeats(Right):
    """The mask is 64 units wide, and is used again for wider inputs."""

    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x)
        for start in range(64, x.shape[-1], 64):
            width = min(64, x.shape[-1] - start)
            mask[..., start : start + width] = mask[..., :width]
        return mask


class OnlyWithGradients(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) if torch.is_grad_enabled() else x


class NotWhereAGradientIsAskedFor(Right):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.requires_grad and 0 < self.p < 1 else super().forward(x)


class RateInTenths(Right):
    def __init__(self, p: float) -> None:
        super().__init__(round(p, 1))


class AtMostHalf(Right):
    """Drops with at most one half, and all at 1."""

    def __init__(self, p: float) -> None:
        super().__init__(p if p == 1 else min(p, 0.5))
