"""Weight decay (L2): lambda times the weight is added to its gradient."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.record import Draw, Regulariser, Weights, per_network


def penalise(draw: Draw, decay: torch.Tensor, layers: list[Weights]) -> None:
    """Add the gradient of lambda / 2 * sum of squares of the weights."""
    del draw
    for layer in layers:
        layer.weight_gradient.add_(layer.weight * per_network(decay, layer.weight))


WEIGHT_DECAY = Regulariser(
    name="weight_decay",
    definition="gradient' = gradient + lambda * w, for weights and not for biases: the penalty lambda / 2 * sum(w^2)",
    source="Krogh and Hertz 1992, NIPS 4, 950-957",
    null=0.0,
    low=0.0,
    high=float("inf"),
    typical=0.001,
    each="network",
    reference="torch.optim.SGD(weight_decay) on a group of the weights",
    gradient=penalise,
)
