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


RIGHT: list[Callable[..., Any]] = [
    Right, nn.Dropout, InPlace, dropout_, nn.functional.dropout, dropout_layer, BookDropout, EngineDropout,
]  # fmt: skip
