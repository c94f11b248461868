"""Three-point noise: each unit is multiplied by one of three numbers, with dropout's mean and variance."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.noise import spread, uniform
from bench.regularisers.record import Draw, Regulariser


def multiplier(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
    """Write 1 - a, 1 or 1 + a, each with probability 1/3, a = sqrt(3/2 p / (1 - p))."""
    thirds = uniform(draw, "three_point_noise", out).mul_(3).floor_().sub_(1).clamp_(max=1)  # float32 rounds up to 1
    torch.mul(thirds, spread(rate, out) * 1.5**0.5, out=out).add_(1)


THREE_POINT_NOISE = Regulariser(
    name="three_point_noise",
    definition="h' = h * (1 + a * t), t = -1, 0 or 1 with equal probabilities for each unit and example, a^2 = 3/2 "
    "p / (1 - p)",
    source="a control of what matters in dropout: its variance, or its zeros",
    null=0.0,
    low=0.0,
    high=0.99,
    typical=0.5,
    hidden=multiplier,
)
