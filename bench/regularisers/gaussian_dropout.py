"""Gaussian dropout: each unit is multiplied by a normal number of mean 1 and variance p / (1 - p)."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.noise import normal, spread
from bench.regularisers.record import Draw, Regulariser


def multiplier(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
    """Write 1 + sqrt(p / (1 - p)) z."""
    torch.mul(normal(draw, "gaussian_dropout", out), spread(rate, out), out=out).add_(1)


GAUSSIAN_DROPOUT = Regulariser(
    name="gaussian_dropout",
    definition="h' = h * (1 + sqrt(p / (1 - p)) * z), z ~ N(0, 1) for each unit and example",
    source="Srivastava et al. 2014, JMLR 15, 1929-1958, section 10",
    null=0.0,
    low=0.0,
    high=0.99,
    typical=0.5,
    hidden=multiplier,
)
