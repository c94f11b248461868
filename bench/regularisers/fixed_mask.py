"""Fixed mask: each unit is dropped with probability p once, for the whole training."""

from __future__ import annotations

from dataclasses import replace

from bench.base.draws import Position
from bench.base.torch_on_use import torch
from bench.regularisers.noise import bernoulli
from bench.regularisers.record import Draw, Regulariser


def multiplier(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
    """Write one mask for all examples, steps and epochs."""
    one = out[:, :1].clone()
    bernoulli(replace(draw, at=Position(layer=draw.at.layer)), "fixed_mask", rate, one)
    out.copy_(one.expand_as(out))


FIXED_MASK = Regulariser(
    name="fixed_mask",
    definition="h' = h * mask / (1 - p), mask ~ Bernoulli(1 - p) for each unit, drawn once for the training; "
    "evaluation is without it, and where it has the noise on, with the same mask",
    source="a control of what matters in dropout: that its masks are new at every step",
    null=0.0,
    low=0.0,
    high=1.0,
    typical=0.5,
    hidden=multiplier,
    once=True,
)
