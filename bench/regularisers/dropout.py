"""Dropout: each unit is zeroed with probability p, the others are scaled to keep the expectation."""

from __future__ import annotations

import torch

from bench import draws
from bench.regularisers.record import Draw, Regulariser

CELLS = 1 << 16
"""Uniform numbers have 16 bits: a rate is realised as a whole number of 65,536ths."""


def dropped_cells(rate: torch.Tensor) -> torch.Tensor:
    """Return how many of the 65,536 cells mean 'dropped', int64, as `rate`: none at 0 alone, all at 1 alone."""
    cells = (rate.double() * CELLS).round().long()
    return torch.where((rate > 0) & (rate < 1), cells.clamp(1, CELLS - 1), cells)


def scale(rate: torch.Tensor) -> torch.Tensor:
    """Return the factor of kept units, float64: 1 / realised keep rate, so the expectation is exact; 0 at rate 1."""
    kept = (CELLS - dropped_cells(rate)).double()
    return torch.where(kept > 0, CELLS / kept.clamp(min=1), 0.0)


def multiplier(draw: Draw, rate: torch.Tensor) -> torch.Tensor:
    """Return the inverted-dropout multiplier `[K, B, H]`: 0 with probability `rate[k]`, else ``scale(rate[k])``.

    A unit is kept where its number reaches the limit, so masks of one seed are nested: what is kept at rate 0.5 is
    kept at 0.2. At rate 1 the limit would not fit in 16 bits; there the scale 0 drops what the mask keeps.
    """
    numbers = torch.from_numpy(draws.signed16(draw.seed, "dropout", draw.at, draw.shape)).to(rate.device)
    limit = (dropped_cells(rate) - CELLS // 2).clamp(max=CELLS // 2 - 1).to(torch.int16)
    mask = torch.empty((len(rate), *draw.shape), dtype=draw.dtype, device=rate.device)
    torch.ge(numbers, limit[:, None, None], out=mask)
    return mask.mul_(scale(rate).to(draw.dtype)[:, None, None])


DROPOUT = Regulariser(
    name="dropout",
    definition="h' = h * mask / (1 - p), mask ~ Bernoulli(1 - p) for each unit and example, after the activation",
    source="Srivastava et al. 2014, JMLR 15, 1929-1958",
    null=0.0,
    low=0.0,
    high=1.0,
    hidden=multiplier,
)
