"""Dropout: each unit is zeroed with probability p, the others are scaled to keep the expectation."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.noise import bernoulli
from bench.regularisers.record import Draw, Regulariser


def multiplier(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
    """Write 0 with probability `rate`, else the scale that keeps the expectation."""
    bernoulli(draw, "dropout", rate, out)


DROPOUT = Regulariser(
    name="dropout",
    definition="h' = h * mask / (1 - p), mask ~ Bernoulli(1 - p) for each unit and example, after the activation",
    source="Srivastava et al. 2014, JMLR 15, 1929-1958",
    null=0.0,
    low=0.0,
    high=1.0,
    typical=0.5,
    reference="torch.nn.functional.dropout's formula, fed the same mask",
    hidden=multiplier,
)
