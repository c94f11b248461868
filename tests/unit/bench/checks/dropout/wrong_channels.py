"""Channel dropout that is wrong, and shifted dropout that is, each in one way."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.unit.bench.checks.dropout.wrong_inputs import channels_last
from tests.unit.bench.checks.dropout.wrong_masks import Right


class RightChannels(Right):
    """Channel dropout for `[examples, channels, ...]`; the wrong ones are made from it by one change."""

    def mask(self, x: Tensor) -> Tensor:
        return super().mask(self.first(x))

    def first(self, x: Tensor) -> Tensor:
        """Return the first number of each channel, `[examples, channels, 1, ...]`."""
        for dim in range(2, x.dim()):
            x = x.narrow(dim, 0, 1)
        return x


class ExamplesShareChannels(RightChannels):
    def mask(self, x: Tensor) -> Tensor:
        return super().mask(x[:1])


class WholeExamples(RightChannels):
    """Stochastic depth."""

    def mask(self, x: Tensor) -> Tensor:
        return super().mask(x[:, :1])


class PairsOfChannels(RightChannels):
    def mask(self, x: Tensor) -> Tensor:
        return super().mask(x[:, ::2]).repeat_interleave(2, dim=1)[:, : x.shape[1]]


class ChannelsKeptAtTheRate(RightChannels):
    def __init__(self, p: float) -> None:
        super().__init__(1 - p)


class ChannelsNotScaled(RightChannels):
    def scale(self) -> float:
        return 1.0


class ChannelsScaledByShare(RightChannels):
    """Scaled by the share of channels that were kept, as DropBlock does."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p in (0, 1):
            return super().forward(x)
        mask = self.mask(x)
        return x * mask / mask.mean(dim=1, keepdim=True).clamp(min=1e-3)


class OneChannelMaskForEver(RightChannels):
    drawn: Tensor | None = None

    def mask(self, x: Tensor) -> Tensor:
        new = super().mask(x)
        if self.drawn is None or self.drawn.shape != new.shape:
            self.drawn = new
        return self.drawn.to(x.dtype)


class FirstPixelStays(RightChannels):
    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x).expand(x.shape).clone()
        if 0 < self.p < 1:
            self.first(mask).fill_(1)
        return mask


class FirstColumnsOnly(RightChannels):
    """Drops a channel's first four columns."""

    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x).expand(x.shape).clone()
        mask[..., 8:] = 0.0 if self.p == 1 else 1.0
        return mask


class FirstChannelStays(RightChannels):
    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x)
        mask[:, 0] = 0.0 if self.p == 1 else 1.0
        return mask


class ChannelsBeyondTheSixtyFourthStay(RightChannels):
    def mask(self, x: Tensor) -> Tensor:
        mask = super().mask(x)
        mask[:, 64:] = 0.0 if self.p == 1 else 1.0
        return mask


class ChannelsBySize(RightChannels):
    """Large channels are dropped more often."""

    def mask(self, x: Tensor) -> Tensor:
        mean = x.abs().mean(dim=tuple(range(2, x.dim())), keepdim=True)
        rates = self.p + torch.where(mean < 1.5, -0.1, 0.1) * (0 < self.p < 1)
        return (torch.rand_like(mean) >= rates).to(x.dtype)


class ChannelsAlwaysOn(RightChannels):
    def forward(self, x: Tensor) -> Tensor:
        return x * self.mask(x) * self.scale()


class ChannelsStraightThrough(RightChannels):
    def forward(self, x: Tensor) -> Tensor:
        return x + (super().forward(x) - x).detach()


class NoChannelsInChannelsLast(RightChannels):
    def forward(self, x: Tensor) -> Tensor:
        return x if channels_last(x) else super().forward(x)


class NoChannelsOfOneExample(RightChannels):
    def forward(self, x: Tensor) -> Tensor:
        return x if len(x) == 1 and 0 < self.p < 1 else super().forward(x)


class NoChannelsUnderAutocast(RightChannels):
    def forward(self, x: Tensor) -> Tensor:
        return x if torch.is_autocast_enabled("cpu") else super().forward(x)


class SequencesShareChannels(Right):
    """For sequences alone, and one mask for the batch."""

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() != 3:
            raise ValueError("[examples, channels, length] is expected")
        return super().forward(x)

    def mask(self, x: Tensor) -> Tensor:
        return super().mask(x[:1, :, :1])


class DroppedBecomeMinusThree(Right):
    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p in (0, 1):
            return super().forward(x)
        mask = self.mask(x)
        return x * mask * self.scale() - 3 * (1 - mask)


class AlphaNotRescaled(Right):
    """Alpha dropout without what keeps mean and variance."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p in (0, 1):
            return super().forward(x)
        return torch.where(self.mask(x) > 0, x, -1.7580993408473766)
