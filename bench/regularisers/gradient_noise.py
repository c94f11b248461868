"""Gradient noise: normal numbers are added to the gradient, smaller in each epoch."""

from __future__ import annotations

from dataclasses import replace

from bench.base.torch_on_use import torch
from bench.regularisers.noise import normal
from bench.regularisers.record import Draw, Regulariser, Weights, per_network


def add(draw: Draw, variance: torch.Tensor, layers: list[Weights]) -> None:
    """Add numbers of the variance that the epoch has to the gradient of weights and biases."""
    deviation = (variance / (1 + draw.at.epoch) ** 0.55).sqrt()
    for index, layer in enumerate(layers):
        numbers = normal(replace(draw, at=replace(draw.at, layer=index)), "gradient_noise", layer.gradient)
        layer.gradient.add_(numbers * per_network(deviation, layer.gradient))


GRADIENT_NOISE = Regulariser(
    name="gradient_noise",
    definition="gradient' = gradient + z, z ~ N(0, eta / (1 + e)^0.55) for each weight and bias, e = 0, 1, ... the "
    "epoch; after clipping",
    source="Neelakantan et al. 2015, arXiv 1511.06807, where e counts steps",
    null=0.0,
    low=0.0,
    high=float("inf"),
    typical=0.01,
    each="network",
    gradient=add,
)
