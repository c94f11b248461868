"""What a regulariser is: a frozen record of pure hooks that act in training only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from bench.draws import Position


@dataclass(frozen=True)
class Draw:
    """Where the random numbers of one batch at one hidden layer come from: shared by every trial of the seed."""

    seed: int
    at: Position


HiddenNoise = Callable[[Draw, torch.Tensor, torch.Tensor], None]
"""(draw; strength `[K]`, float64; out `[K, B, H]`, at least float32) -> writes the multiplier of the hidden activations
to `out`, from what the draw gives for `[B, H]`, on the device of the strength."""


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

    def multiplier(self, draw: Draw, strength: torch.Tensor, shape: tuple[int, int]) -> torch.Tensor:
        """Return what `hidden` writes for a batch of `shape` (B, H), float32 `[K, B, H]`."""
        out = torch.empty((len(strength), *shape), device=strength.device)
        self.hidden(draw, strength, out)
        return out
