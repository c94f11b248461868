"""Input noise: a normal number of standard deviation s is added to each pixel."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.noise import normal
from bench.regularisers.record import Draw, Regulariser, per_network


def add(draw: Draw, deviation: torch.Tensor, inputs: torch.Tensor) -> None:
    """Add s z."""
    inputs.copy_(inputs + normal(draw, "input_noise", inputs) * per_network(deviation, inputs))


INPUT_NOISE = Regulariser(
    name="input_noise",
    definition="x' = x + s * z, z ~ N(0, 1) for each pixel and example; pixels are from 0 to 1",
    source="Bishop 1995, Neural Computation 7, 108-116",
    null=0.0,
    low=0.0,
    high=float("inf"),
    typical=0.1,
    each="network",
    inputs=add,
)
