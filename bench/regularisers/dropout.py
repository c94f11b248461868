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


def multiplier(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
    """Write the inverted-dropout multiplier `[K, B, H]`: 0 with probability `rate[k]`, else ``scale(rate[k])``.

    A unit is kept where its number reaches the limit, so masks of one seed are nested: what is kept at rate 0.5 is
    kept at 0.2. Distances from half a cell below the limit, times 2^17, are exact, and no scale is above the least
    of them: cut off at 0 and at the scale, they are the multiplier. That is several times faster than a Boolean mask.
    """
    numbers = torch.from_numpy(draws.signed16(draw.seed, "dropout", draw.at, out.shape[1:])).to(rate.device)
    limit = (dropped_cells(rate) - CELLS // 2 - 0.5).to(out.dtype)[:, None, None]
    torch.sub(numbers.to(out.dtype).mul_(2 * CELLS), limit * (2 * CELLS), out=out).clamp_min_(0)
    torch.minimum(out, scale(rate).to(out.dtype)[:, None, None], out=out)


DROPOUT = Regulariser(
    name="dropout",
    definition="h' = h * mask / (1 - p), mask ~ Bernoulli(1 - p) for each unit and example, after the activation",
    source="Srivastava et al. 2014, JMLR 15, 1929-1958",
    null=0.0,
    low=0.0,
    high=1.0,
    hidden=multiplier,
)
