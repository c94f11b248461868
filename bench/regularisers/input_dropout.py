"""Input dropout: each pixel is zeroed with probability p, the others are scaled to keep the expectation."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.noise import bernoulli
from bench.regularisers.record import Draw, Regulariser


def drop(draw: Draw, rate: torch.Tensor, inputs: torch.Tensor) -> None:
    """Multiply by a mask and the scale that keeps the expectation."""
    factor = torch.empty_like(inputs, dtype=torch.promote_types(inputs.dtype, torch.float32))
    bernoulli(draw, "input_dropout", rate, factor)
    inputs.copy_(inputs * factor)


INPUT_DROPOUT = Regulariser(
    name="input_dropout",
    definition="x' = x * mask / (1 - p), mask ~ Bernoulli(1 - p) for each pixel and example",
    source="Srivastava et al. 2014, JMLR 15, 1929-1958, appendix A.4",
    null=0.0,
    low=0.0,
    high=1.0,
    typical=0.2,
    each="network",
    reference="torch.nn.functional.dropout's formula, fed the same mask",
    inputs=drop,
)
