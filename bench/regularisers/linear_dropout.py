"""Linear dropout: the rate rises from 0, by the same step each epoch."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.noise import bernoulli
from bench.regularisers.record import Draw, Regulariser


def multiplier(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
    """Write the multiplier of dropout at the rate of the epoch."""
    bernoulli(draw, "linear_dropout", rate * draw.progress, out)


LINEAR_DROPOUT = Regulariser(
    name="linear_dropout",
    definition="dropout at rate p * e / E in epoch e = 0, ..., E - 1 of E: none in the first",
    source="after Morerio et al. 2017, ICCV, Curriculum dropout, whose rate rises as 1 - exp(-t)",
    null=0.0,
    low=0.0,
    high=1.0,
    typical=0.5,
    hidden=multiplier,
)
