"""Uniform noise: each unit is multiplied by a uniform number of dropout's mean and variance."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.noise import spread, uniform
from bench.regularisers.record import Draw, Regulariser


def multiplier(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
    """Write 1 + sqrt(3 p / (1 - p)) (2 u - 1)."""
    centred = uniform(draw, "uniform_noise", out).mul_(2).sub_(1)
    torch.mul(centred, spread(rate, out) * 3**0.5, out=out).add_(1)


UNIFORM_NOISE = Regulariser(
    name="uniform_noise",
    definition="h' = h * (1 + sqrt(3 p / (1 - p)) * u), u ~ U(-1, 1) for each unit and example: the variance of "
    "dropout at rate p",
    source="a control of what matters in dropout: its variance, or its zeros",
    null=0.0,
    low=0.0,
    high=0.99,
    typical=0.5,
    hidden=multiplier,
)
