"""Decoupled weight decay: weights shrink by a share of the learning rate, whatever the optimiser does."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.record import Regulariser, Weights, per_network


def shrink(decay: torch.Tensor, learning_rate: float, layers: list[Weights]) -> None:
    """Multiply the weights by 1 - learning rate * lambda."""
    for layer in layers:
        layer.weight.mul_(per_network(1 - learning_rate * decay, layer.weight))


DECOUPLED_DECAY = Regulariser(
    name="decoupled_decay",
    definition="w' = w * (1 - learning rate * lambda) before the step, for weights and not for biases",
    source="Loshchilov and Hutter 2019, ICLR",
    null=0.0,
    low=0.0,
    high=float("inf"),
    typical=0.001,
    each="network",
    reference="torch.optim.AdamW(weight_decay) on a group of the weights",
    before_step=shrink,
)
