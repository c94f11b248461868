"""Dropout layers that are right on plain batches of rows, and wrong on inputs of another layout or size."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.unit.bench.checks.dropout.wrong_masks import Right


class Off(Right):
    """Drops nothing where `off` holds, except at rates 0 and 1."""

    def off(self, x: Tensor) -> bool:
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        return x if 0 < self.p < 1 and self.off(x) else super().forward(x)


class Unscaled(Off):
    """Does not scale where `off` holds."""

    def forward(self, x: Tensor) -> Tensor:
        return x * self.mask(x) if self.training and 0 < self.p < 1 and self.off(x) else Right.forward(self, x)


class Cached(Off):
    """Uses one mask for ever where `off` holds."""

    drawn: Tensor | None = None

    def mask(self, x: Tensor) -> Tensor:
        if not self.off(x):
            return super().mask(x)
        if self.drawn is None or self.drawn.shape != x.shape:
            self.drawn = super().mask(x)
        return self.drawn

    def forward(self, x: Tensor) -> Tensor:
        return Right.forward(self, x)


class Raises(Off):
    """Raises an error where `off` holds."""

    def forward(self, x: Tensor) -> Tensor:
        if self.off(x):
            raise RuntimeError("unexpected input")
        return Right.forward(self, x)


def channels_last(x: Tensor) -> bool:
    return x.dim() == 4 and not x.is_contiguous() and x.is_contiguous(memory_format=torch.channels_last)


class NothingUnlessContiguous(Off):
    def off(self, x: Tensor) -> bool:
        return not x.is_contiguous()


class NothingInChannelsLast(Off):
    def off(self, x: Tensor) -> bool:
        return channels_last(x)


class NotScaledWhereStrided(Unscaled):
    def off(self, x: Tensor) -> bool:
        return x.stride(-1) == 2


class HalfTheRateUnlessContiguous(Right):
    def mask(self, x: Tensor) -> Tensor:
        rate = self.p / 2 if 0 < self.p < 1 and not x.is_contiguous() else self.p
        return (torch.rand_like(x, dtype=torch.float32) >= rate).to(x.dtype)


class ViewsItsInput(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.view(-1)).view(x.shape)


class ValuesInMemoryOrder(Right):
    """Takes the values in the order in which they lie in memory."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        dense = x if x.stride(-1) != 2 else x.contiguous()
        return super().forward(dense.as_strided((x.numel(),), (1,), x.storage_offset()).reshape(x.shape))


class ForgetsTheOffset(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.as_strided(x.shape, x.stride(), 0)) if self.training else x


class PermutesChannelsLast(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1).reshape(x.shape) if channels_last(x) and self.training else x)


class RowsShareAMaskWhenTransposed(Right):
    def mask(self, x: Tensor) -> Tensor:
        return super().mask(x[:1].expand(x.shape) if x.is_contiguous() else x[:1])


class NothingInOneDimension(Off):
    def off(self, x: Tensor) -> bool:
        return x.dim() == 1


class NotScaledInOneDimension(Unscaled):
    def off(self, x: Tensor) -> bool:
        return x.dim() == 1


class OneMaskForVectors(Cached):
    def off(self, x: Tensor) -> bool:
        return x.dim() == 1


class AsksForTheSecondDimension(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.reshape(x.shape[0], x.shape[1], -1)).reshape(x.shape)


class OneNumberForAVector(Right):
    def mask(self, x: Tensor) -> Tensor:
        return super().mask(x[:1] if x.dim() == 1 else x)


class NothingAtABatchOfOne(Off):
    def off(self, x: Tensor) -> bool:
        return x.dim() > 1 and len(x) == 1


class NotScaledAtABatchOfOne(Unscaled):
    def off(self, x: Tensor) -> bool:
        return x.dim() > 1 and len(x) == 1


class OneMaskAtABatchOfOne(Cached):
    def off(self, x: Tensor) -> bool:
        return x.dim() > 1 and len(x) == 1


class RaisesAtABatchOfOne(Raises):
    def off(self, x: Tensor) -> bool:
        return x.dim() > 1 and len(x) == 1


class SqueezesABatchOfOne(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).squeeze(0)


class NothingOnLargeInputs(Off):
    def off(self, x: Tensor) -> bool:
        return x.numel() > 1_000_000


class MaskComesAgain(Right):
    """65,536 numbers are drawn, and used again further on."""

    def mask(self, x: Tensor) -> Tensor:
        if x.numel() <= 65_536:
            return super().mask(x)
        drawn = super().mask(x.flatten()[:65_536])
        return drawn.repeat(x.numel() // 65_536 + 1)[: x.numel()].reshape(x.shape)


class NothingBeyondAMillion(Right):
    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x).flatten()
        mask[1_000_000:] = 1
        return mask.reshape(x.shape)


class TheRemainderStays(Right):
    """What is left over by blocks of 1,024 is not dropped, on inputs of more than one block of threads."""

    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x).flatten()
        if x.numel() > 1_000_000:
            mask[x.numel() // 1024 * 1024 :] = 1
        return mask.reshape(x.shape)


class NothingInFourDimensions(Off):
    def off(self, x: Tensor) -> bool:
        return x.dim() == 4


class RaisesInFourDimensions(Raises):
    def off(self, x: Tensor) -> bool:
        return x.dim() == 4
