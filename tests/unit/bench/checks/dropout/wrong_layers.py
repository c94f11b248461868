"""Dropout layers that are wrong, each in one way, and the laws that each must break: these and no others.

The first five were seen in published versions of the book's experiment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tests.unit.bench.checks.dropout.wrong_forms import (
    AtMostHalf,
    LastUnitIsTheThird,
    NotInBfloat16,
    NotScaledInFloat64,
    NotWhereAGradientIsAskedFor,
    OneMaskForASequence,
    OnlyInFloat32,
    OnlyWithGradients,
    RateInTenths,
    RowsThirtySevenApart,
    TwoHundredMasks,
    UnitsBeyondTheSixtyFourthStay,
    UnitsTenApart,
    WidthRepeats,
)
from tests.unit.bench.checks.dropout.wrong_masks import (
    DropsSmallValues,
    EveryFourthUnitStays,
    FirstRowStays,
    GeneratorSeededAlike,
    KeepProbability,
    MaskInPlaceOnTheCPU,
    MaskOnTheCPU,
    MaskSharedByRows,
    MaskSharedByUnits,
    NeverOn,
    NormalNumbers,
    NotScaled,
    OneMaskForEver,
    PairsOfUnits,
    RateFades,
    Right,
    ScaledByTheRate,
    StickyMask,
    TwoMasksInTurn,
    UnequalUnits,
    UniformOnMinusOneToOne,
)


class ScaledInEvaluation(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) if self.training else x * (1 - self.p)


class ClassicDropout(ScaledInEvaluation):
    """As in the paper of 2014: nothing is scaled in training, everything in evaluation."""

    def scale(self) -> float:
        return 1.0


class AlwaysOn(Right):
    def forward(self, x: Tensor) -> Tensor:
        return x * self.mask(x) * self.scale()


class StaysOff(Right):
    """Evaluation switches it off for good."""

    def train(self, mode: bool = True) -> StaysOff:
        return super().train(mode and self.training)


class StraightThrough(Right):
    def forward(self, x: Tensor) -> Tensor:
        return x + (super().forward(x) - x).detach()


class Detached(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).detach() if self.training else x


class _UnscaledBackward(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, mask: Tensor, scale: float) -> Tensor:
        ctx.save_for_backward(mask)
        return x * mask * scale

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        return grads[0] * ctx.saved_tensors[0], None, None


class GradientNotScaled(Right):
    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        return _UnscaledBackward.apply(x, self.mask(x), self.scale())


class _LastMask(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, layer: MaskOfTheLastCall) -> Tensor:
        layer.last, ctx.layer = layer.mask(x), layer
        return x * layer.last * layer.scale()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        return grads[0] * ctx.layer.last * ctx.layer.scale(), None


class MaskOfTheLastCall(Right):
    """The mask is kept with the layer, not with the call: wrong as soon as it is called twice before backward."""

    last: Tensor

    def forward(self, x: Tensor) -> Tensor:
        return _LastMask.apply(x, self) if self.training else x


class _ShiftedMask(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, mask: Tensor) -> Tensor:
        ctx.save_for_backward(mask)
        return x * mask

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        return grads[0] * ctx.saved_tensors[0].roll(1, dims=-1), None


class BackwardOffByOne(Right):
    def forward(self, x: Tensor) -> Tensor:
        return _ShiftedMask.apply(x, self.mask(x) * self.scale()) if self.training else x


class DividesByZero(Right):
    def forward(self, x: Tensor) -> Tensor:
        return x * self.mask(x) / (1 - self.p) if self.training else x


class DividesByZeroInPython(Right):
    def scale(self) -> float:
        return 1 / (1 - self.p)


class InfiniteGradientAtOne(Right):
    """The output is right; 0 / 0 is left for backward."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        kept = self.mask(x) > 0
        return torch.where(kept, x / (1 - self.p), x * 0 if self.p < 1 else (x * 0).sqrt() * 0)


class HalfAtZero(Right):
    """Takes rate 0 for 'not given'."""

    def __init__(self, p: float) -> None:
        super().__init__(p or 0.5)


class BecomesFloat32(Right):
    def mask(self, x: Tensor) -> Tensor:
        return super().mask(x).float()

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.float())


class Flattens(Right):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).flatten(start_dim=1)


class InPlaceUnsaid(Right):
    def forward(self, x: Tensor) -> Tensor:
        return x.mul_(self.mask(x) * self.scale()) if self.training else x


class NewValuesForOld(Right):
    """Says that it works in place, and returns another tensor than the one it changes."""

    inplace = True

    def forward(self, x: Tensor) -> Tensor:
        return x.mul_(self.mask(x) * self.scale()).clone() if self.training else x


class GaussianNoise(Right):
    """Gaussian dropout: mean and variance are right, the values are not dropout's."""

    def forward(self, x: Tensor) -> Tensor:
        if self.p in (0, 1) or not self.training:
            return x * (1 - self.p) if self.training else x
        return x * (1 + torch.randn_like(x) * (self.p / (1 - self.p)) ** 0.5)


class AddsNoise(Right):
    def forward(self, x: Tensor) -> Tensor:
        out = super().forward(x)
        return out + 0.1 * torch.randn_like(x) if self.training and 0 < self.p < 1 else out


class ZeroByZero(Right):
    """Divides by its mask: not a number wherever it drops."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p in (0, 1):
            return super().forward(x)
        mask = self.mask(x)
        return x * mask * self.scale() / mask


class ScaledByWhatIsThere(Right):
    """Scaled so that the sum over a row's non-zero units is kept."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        mask = self.mask(x)
        there = (x != 0).to(x.dtype)
        return x * mask * (x.shape[-1] / there.sum(dim=-1, keepdim=True)) * self.scale()


def book_as_printed(X: Tensor, dropout: float) -> Tensor:
    """The book's dropout_layer, line by line."""
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = (torch.rand(X.shape) > dropout).float()
    return mask * X / (1.0 - dropout)


Broken = frozenset[str]
SCALE = {"kept-values", "mean", "variance"}
WRONG: dict[Callable[..., Any], Broken] = {
    layer: frozenset(laws)
    for layer, laws in [
        (NeverOn, {"drop-rate", *SCALE, "rate-1"} - {"mean"}),
        (UniformOnMinusOneToOne, {"drop-rate", "mean", "variance", "rate-0"}),
        (OneMaskForEver, {"fresh-masks"}),
        (MaskOnTheCPU, {"device"}),
        (NormalNumbers, {"drop-rate", "mean", "variance", "rate-0"}),
        (book_as_printed, {"device", "number-format"}),
        (MaskInPlaceOnTheCPU, {"device"}),
        (NotScaled, SCALE),
        (ScaledByTheRate, SCALE),
        (KeepProbability, {"drop-rate", "kept-values", "variance", "rate-0", "rate-1"}),
        (MaskSharedByRows, {"own-mask-by-row"}),
        (MaskSharedByUnits, {"independent-units"}),
        (PairsOfUnits, {"independent-units"}),
        (EveryFourthUnitStays, {"drop-rate", "mean", "variance", "rate-by-unit"}),
        (FirstRowStays, {"drop-rate", "mean", "variance", "rate-by-row"}),
        (UnequalUnits, {"rate-by-unit"}),
        (TwoMasksInTurn, {"fresh-masks"}),
        (StickyMask, {"fresh-masks"}),
        (DropsSmallValues, {"rate-by-input"}),
        (RateFades, {"rate-by-call"}),
        (GeneratorSeededAlike, {"own-mask-by-layer"}),
        (ScaledInEvaluation, {"evaluation"}),
        (ClassicDropout, {*SCALE, "evaluation"}),
        (AlwaysOn, {"evaluation"}),
        (StaysOff, {"training-again"}),
        (StraightThrough, {"gradient", "rate-1"}),
        (Detached, {"gradient", "rate-0"}),
        (GradientNotScaled, {"gradient"}),
        (MaskOfTheLastCall, {"gradient"}),
        (BackwardOffByOne, {"gradient"}),
        (DividesByZero, {"rate-1"}),
        (DividesByZeroInPython, {"rate-1"}),
        (InfiniteGradientAtOne, {"rate-1"}),
        (HalfAtZero, {"rate-0"}),
        (BecomesFloat32, {"number-format"}),
        (Flattens, {"shape", "memory-layout", "one-dimension", "batch-of-one"}),
        (InPlaceUnsaid, {"input-unchanged"}),
        (NewValuesForOld, {"input-unchanged"}),
        (GaussianNoise, {"kept-values"}),
        (AddsNoise, {"kept-values", "variance", "gradient", "zeros-kept"}),
        (ScaledByWhatIsThere, {"zeros-kept"}),
        (ZeroByZero, {"kept-values"}),
        (UnitsTenApart, {"independent-units"}),
        (RowsThirtySevenApart, {"own-mask-by-row", "large-input"}),
        (LastUnitIsTheThird, {"independent-units"}),
        (TwoHundredMasks, {"fresh-masks", "one-dimension", "batch-of-one"}),
        (OnlyInFloat32, {"every-format", "autocast"}),
        (NotInBfloat16, {"every-format", "autocast"}),
        (NotScaledInFloat64, {"every-format"}),
        (OneMaskForASequence, {"every-shape", "memory-layout"}),
        (UnitsBeyondTheSixtyFourthStay, {"every-shape", "one-dimension"}),
        (WidthRepeats, {"every-shape", "one-dimension"}),
        (OnlyWithGradients, {"gradient-mode"}),
        (NotWhereAGradientIsAskedFor, {"gradient-mode"}),
        (RateInTenths, {"every-rate"}),
        (AtMostHalf, {"every-rate"}),
    ]
}
