"""DropConnect: each weight into a hidden layer is zeroed with probability p, the others are scaled, for one step."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.noise import bernoulli
from bench.regularisers.record import Draw, Regulariser


def multiplier(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
    """Write 0 with probability `rate`, else the scale that keeps the expectation."""
    bernoulli(draw, "dropconnect", rate, out)


DROPCONNECT = Regulariser(
    name="dropconnect",
    definition="w' = w * mask / (1 - p), mask ~ Bernoulli(1 - p) for each weight that leads into the hidden layer, the "
    "same for all examples of a batch; biases are kept, and evaluation is by the weights themselves",
    source="Wan et al. 2013, ICML, 1058-1066, whose masks differ by example and whose evaluation is by sampling",
    null=0.0,
    low=0.0,
    high=1.0,
    typical=0.5,
    weights=multiplier,
)
