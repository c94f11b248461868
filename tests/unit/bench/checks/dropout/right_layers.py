"""Dropout layers that are right: torch's, the book's, and this project's."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from bench.base.draws import Position
from bench.engines.reference import BookDropout, dropout_layer
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Draw
from tests.unit.bench.checks.dropout.wrong_channels import RightChannels
from tests.unit.bench.checks.dropout.wrong_layers import Right


class EngineDropout(nn.Module):
    """The engine's multipliers as a module: its masks are a function of seed, step and layer, and of nothing else."""

    layers = itertools.count()

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate, self.layer, self.steps = rate, next(self.layers), itertools.count()

    def forward(self, hidden: Tensor) -> Tensor:
        if not self.training:
            return hidden
        draw = Draw(0, Position(step=next(self.steps), layer=self.layer))
        strength = torch.tensor([self.rate], dtype=torch.float64)
        factors = REGULARISERS["dropout"].multiplier(draw, strength, (1, hidden.numel()))
        return hidden * factors.reshape(hidden.shape).to(hidden.device, hidden.dtype)


class InPlace(nn.Dropout):
    def __init__(self, p: float) -> None:
        super().__init__(p, inplace=True)


def dropout_(hidden: Tensor, p: float) -> Tensor:
    """In place, as its name says."""
    return nn.functional.dropout(hidden, p, inplace=True)


class Locked(nn.Module):
    """One draw of torch's own Bernoulli for each channel of a sequence, which it takes alone; with buffers."""

    keep: Tensor

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.register_buffer("keep", torch.tensor(1 - rate))

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() != 3:
            raise ValueError("[examples, channels, length] is expected")
        if not self.training:
            return x
        mask = torch.bernoulli(self.keep.to(x.device).expand(x.shape[0], x.shape[1], 1))
        return x * (mask / self.keep if self.keep > 0 else mask).to(x.dtype)


class Transposes(nn.Dropout):
    """Drops what it has laid out otherwise before."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.movedim(0, -1)).movedim(-1, 0)


class Chooses(Right):
    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        return torch.where(self.mask(x) > 0, x * self.scale(), torch.zeros_like(x))


def compiled(rate: float) -> Callable[[Tensor], Tensor]:
    return torch.compile(nn.Dropout(rate), backend="eager")


def stacked(rate: float) -> nn.Module:
    return nn.Sequential(nn.Identity(), nn.Dropout(rate))


RIGHT: list[Callable[..., Any]] = [
    Right, nn.Dropout, InPlace, dropout_, nn.functional.dropout, dropout_layer, BookDropout, EngineDropout,
    Transposes, Chooses, stacked, compiled,
]  # fmt: skip
RIGHT_CHANNELS: list[Callable[..., Any]] = [
    RightChannels, Locked, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.functional.dropout1d, nn.functional.dropout2d,
    nn.functional.dropout3d,
]  # fmt: skip
RIGHT_SHIFTED: list[Callable[..., Any]] = [nn.AlphaDropout, nn.FeatureAlphaDropout]
RIGHT_FORMS = {"unit": RIGHT, "channel": RIGHT_CHANNELS, "shifted": RIGHT_SHIFTED}
