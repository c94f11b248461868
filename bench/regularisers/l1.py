"""L1: lambda times the sign of the weight is added to its gradient."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.record import Draw, Regulariser, Weights, per_network


def penalise(draw: Draw, strength: torch.Tensor, layers: list[Weights]) -> None:
    """Add the gradient of lambda * sum of absolute weights; of a weight that is 0, 0."""
    del draw
    for layer in layers:
        layer.weight_gradient.add_(layer.weight.sign() * per_network(strength, layer.weight))


L1 = Regulariser(
    name="l1",
    definition="gradient' = gradient + lambda * sign(w), for weights and not for biases; with weight_decay beside it, "
    "the elastic net",
    source="Tibshirani 1996, JRSS B 58, 267-288; Zou and Hastie 2005, JRSS B 67, 301-320",
    null=0.0,
    low=0.0,
    high=float("inf"),
    typical=1e-4,
    each="network",
    reference="autograd of the penalty",
    gradient=penalise,
)
