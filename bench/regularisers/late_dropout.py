"""Late dropout: none in the first half of the epochs, and dropout after it."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.noise import bernoulli
from bench.regularisers.record import Draw, Regulariser


def multiplier(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
    """Write the multiplier of dropout, or 1."""
    bernoulli(draw, "late_dropout", rate * (draw.progress >= 0.5), out)


LATE_DROPOUT = Regulariser(
    name="late_dropout",
    definition="dropout at rate p in epochs before which at least half of the epochs are done, none before",
    source="Liu et al. 2023, ICML, Dropout reduces underfitting, whose phase is given in epochs",
    null=0.0,
    low=0.0,
    high=1.0,
    typical=0.5,
    hidden=multiplier,
)
