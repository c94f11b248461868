"""What several regularisers draw: multipliers and numbers that every network of a seed shares."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from bench.base import draws, passes
from bench.base.torch_on_use import torch
from bench.regularisers.record import Draw

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


@lru_cache(maxsize=1024)
def _limits(rates: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the least number that is kept, int16, and the scale, float32, at each rate: at 1 the scale is 0."""
    rate = torch.tensor(rates, dtype=torch.float64)
    least = (dropped_cells(rate) - CELLS // 2).clamp(max=CELLS // 2 - 1)
    return least.to(torch.int16).numpy(), scale(rate).to(torch.float32).numpy()


def bernoulli(draw: Draw, stream: str, rate: torch.Tensor, out: torch.Tensor) -> None:
    """Write inverted dropout's multiplier `[K, rows, columns]`: 0 with probability `rate[k]`, else ``scale(rate[k])``.

    A unit is kept where its number reaches the limit, so masks of one seed are nested: what is kept at rate 0.5 is
    kept at 0.2. Distances from half a cell below the limit, times 2^17, are exact, and no scale is above the least
    of them: cut off at 0 and at the scale, they are the multiplier. That is several times faster than a Boolean mask.
    """
    fast = passes.compiled()
    if fast is not None and out.device.type == "cpu" and out.dtype == torch.float32 and out.is_contiguous():
        place = draws.key(draw.seed, stream), draws.counter(draw.at)
        fast.keep(*place, *_limits(tuple(rate.tolist())), out.numpy())
        return
    numbers = torch.from_numpy(draws.signed16(draw.seed, stream, draw.at, out.shape[1:])).to(rate.device)
    limit = (dropped_cells(rate) - CELLS // 2 - 0.5).to(out.dtype)[:, None, None]
    torch.sub(numbers.to(out.dtype).mul_(2 * CELLS), limit * (2 * CELLS), out=out).clamp_min_(0)
    torch.minimum(out, scale(rate).to(out.dtype)[:, None, None], out=out)


def uniform(draw: Draw, stream: str, like: torch.Tensor) -> torch.Tensor:
    """Return numbers of U(0, 1), at least float32, of the shape `[rows, columns]` of `like` `[K, rows, columns]`."""
    rows, columns = like.shape[1:]
    numbers = draws.uniforms(draw.seed, stream, draw.at, rows * columns).reshape(rows, columns)
    return torch.from_numpy(numbers).to(like.device, torch.promote_types(like.dtype, torch.float32))


def normal(draw: Draw, stream: str, like: torch.Tensor) -> torch.Tensor:
    """Return numbers of N(0, 1), by the inverse of its distribution function, as `uniform` does."""
    rows, columns = like.shape[1:]
    numbers = draws.normal(draws.uniforms(draw.seed, stream, draw.at, rows * columns)).reshape(rows, columns)
    return torch.from_numpy(numbers).to(like.device, torch.promote_types(like.dtype, torch.float32))


def spread(rate: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Return sqrt(p / (1 - p)) `[K, 1, 1]`: the standard deviation of dropout's multiplier at rate p."""
    return (rate / (1 - rate)).sqrt().to(torch.promote_types(like.dtype, torch.float32))[:, None, None]
