"""The kernels' random numbers, pixels and roundings have the bits of the CPU's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from bench.base import draws
from bench.base.draws import Position

triton: Any = pytest.importorskip("triton", reason="Triton is not installed: pip install --no-deps triton")
if TYPE_CHECKING:
    import triton.language as tl
else:
    tl = triton.language

from bench.engines.fused import arithmetic, philox  # noqa: E402

SEEDS = [0, 5, 2**63 - 1]


@triton.jit
def numbers(  # noqa: PLR0917 - kernels take no records
    out, seed, clock, WIDTH: tl.constexpr, LAYER: tl.constexpr, STREAM: tl.constexpr, N: tl.constexpr
):
    row, block = tl.arange(0, 16), tl.program_id(0)
    column = block * N + tl.arange(0, N)
    found = philox.signed16(row, block, WIDTH, LAYER, tl.load(clock + 1), tl.load(clock), tl.load(seed), STREAM, 16, N)
    tl.store(out + row[:, None] * WIDTH + column[None, :], found, mask=(column < WIDTH)[None, :])


@triton.jit
def pixels(out, images):
    place = tl.arange(0, 256)
    tl.store(out + place, arithmetic.pixel(tl.load(images + place)))


@triton.jit
def rounded(out, values, COUNT: tl.constexpr, PRECISION: tl.constexpr):
    place = tl.arange(0, COUNT)
    tl.store(out + place, arithmetic.operand(tl.load(values + place), PRECISION).to(tl.float32))


@pytest.mark.parametrize("count", [1, 3, 1000, 1024, 2500])
def test_orders_are_those_of_the_cpu(device: torch.device, count: int) -> None:
    found = philox.permutations(torch.tensor(SEEDS, device=device), "order", 3, count).cpu().numpy()
    for ours, seed in zip(found, SEEDS, strict=True):
        assert np.array_equal(ours, draws.permutation(seed, "order", Position(epoch=3), count))


@pytest.mark.parametrize("width", [16, 48, 256, 24, 10, 7])
@pytest.mark.parametrize("seed", SEEDS)
def test_mask_numbers_are_those_of_the_cpu(device: torch.device, width: int, seed: int) -> None:
    """Widths that are whole blocks of Philox, and widths that are not."""
    at = Position(epoch=2**33, step=70_000, layer=2)
    out = torch.empty((16, width), dtype=torch.int32, device=device)
    clock = torch.tensor([at.epoch, at.step], device=device)
    columns = 32
    numbers[(-(-width // columns),)](
        out, torch.tensor([seed], device=device), clock, width, at.layer, draws.stream_key("dropout"), columns
    )
    assert np.array_equal(out.cpu().numpy(), draws.signed16(seed, "dropout", at, (16, width)))


def test_every_pixel_is_that_of_the_cpu(device: torch.device) -> None:
    out = torch.empty(256, device=device)
    pixels[(1,)](out, torch.arange(256, dtype=torch.uint8, device=device))
    assert torch.equal(out.cpu(), torch.arange(256, dtype=torch.float32) / 255)


def test_operands_are_rounded_to_nearest_and_what_is_not_finite_stays_so(device: torch.device) -> None:
    odd = [0.0, -0.0, 1.0, 3.4e38, float("inf"), -float("inf"), float("nan"), 1e-40]
    values = torch.cat([torch.tensor(odd), torch.from_numpy(np.random.default_rng(0).normal(size=248)).float()])
    values[6] = torch.tensor(0x7FFFFFFF, dtype=torch.int32).view(torch.float32)
    for precision, bits in {"float32": 24, "tf32": 11, "bfloat16": 8}.items():
        out = torch.empty_like(values, device=device)
        rounded[(1,)](out, values.to(device), len(values), precision)
        wide, found = values.double(), out.cpu().double()
        assert torch.equal(found.isnan(), wide.isnan())
        assert torch.equal(found.isinf() & (wide.abs() < 3e38), torch.zeros_like(wide, dtype=torch.bool))
        normal = values.isfinite() & (values.abs() > 1e-37) & (values.abs() < 3e38)
        exponent = wide[normal].abs().log2().floor()
        step = 2.0 ** (exponent - (bits - 1))
        assert torch.equal(found[normal], (wide[normal] / step).round() * step)
