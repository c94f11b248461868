"""What a regulariser is: a frozen record of pure hooks that act in training only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from bench.draws import Position


@dataclass(frozen=True)
class Draw:
    """The random numbers of one batch at one hidden layer: shared by every trial of the seed."""

    seed: int
    at: Position
    shape: tuple[int, int]
    """(B, H): rows of the batch, units of the layer."""
    dtype: torch.dtype
    """Format of the multiplier: that of the network's products, and at least float32."""


HiddenNoise = Callable[[Draw, torch.Tensor], torch.Tensor]
"""(draw, strength `[K]`, float64) -> multiplier of the hidden activations `[K, B, H]`, on the strength's device."""


@dataclass(frozen=True)
class Regulariser:
    """One regulariser, named as in study files.

    A study gives it one strength per hidden layer, between `low` and `high`; the columns of the results are
    ``<name>_1``, ``<name>_2``, ... At strength `null` every hook is exactly the identity, so that unlike conditions
    can share a stack, and a condition that names a null strength is the same as one that does not name it.
    """

    name: str
    definition: str
    source: str
    null: float
    low: float
    high: float
    hidden: HiddenNoise
