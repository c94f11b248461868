"""Dropout's multiplier: exact at both ends, right in expectation, nested, and fresh."""

from __future__ import annotations

import itertools

import pytest
import torch

from bench.draws import Position, signed16
from bench.regularisers.dropout import dropped_cells, multiplier, scale
from bench.regularisers.record import Draw

DRAW = Draw(0, Position(0, 0, 0), (512, 256), torch.float32)


def test_rates_0_and_1_are_exact() -> None:
    keep_all, drop_all = multiplier(DRAW, torch.tensor([0.0, 1.0], dtype=torch.float64))
    assert torch.equal(keep_all, torch.ones(DRAW.shape))
    assert torch.equal(drop_all, torch.zeros(DRAW.shape))


@pytest.mark.parametrize("rate", [0.1, 0.2, 0.5, 0.7, 0.95])
def test_units_are_dropped_at_the_rate_and_the_mean_is_one(rate: float) -> None:
    """Within 5 standard errors at n = 131,072, for the whole batch; the scale is the realised keep rate's."""
    (factors,) = multiplier(DRAW, torch.tensor([rate], dtype=torch.float64))
    realised = round(rate * 65536) / 65536
    standard_error = (realised * (1 - realised) / factors.numel()) ** 0.5
    assert abs((factors == 0).double().mean().item() - realised) < 5 * standard_error
    assert factors.max().item() == pytest.approx(1 / (1 - realised), rel=1e-7)
    assert scale(torch.tensor(rate, dtype=torch.float64)).item() * (1 - realised) == pytest.approx(1, abs=1e-12)


def test_masks_of_one_seed_are_nested() -> None:
    masks = multiplier(DRAW, torch.tensor([0.1, 0.2, 0.5, 0.7, 1.0], dtype=torch.float64)) != 0
    for lower, higher in itertools.pairwise(masks):
        assert not (higher & ~lower).any()
        assert (lower & ~higher).any()


def test_masks_differ_between_steps_layers_epochs_and_seeds() -> None:
    rate = torch.tensor([0.5], dtype=torch.float64)
    draws = [
        DRAW,
        Draw(1, DRAW.at, DRAW.shape, DRAW.dtype),
        *(Draw(0, at, DRAW.shape, DRAW.dtype) for at in (Position(1), Position(0, 1), Position(0, 0, 1))),
    ]
    masks = [multiplier(draw, rate) != 0 for draw in draws]
    for index, mask in enumerate(masks):
        for other in masks[:index]:
            assert 0.48 < (mask == other).double().mean().item() < 0.52


def test_a_smaller_last_batch_sees_the_first_rows() -> None:
    rate = torch.tensor([0.5], dtype=torch.float64)
    shorter = Draw(0, DRAW.at, (96, 256), DRAW.dtype)
    assert torch.equal(multiplier(shorter, rate), multiplier(DRAW, rate)[:, :96])


def test_masks_are_those_of_the_written_specification() -> None:
    """Kept where the 16-bit number of the stream "dropout" reaches the limit: what another implementation must give."""
    rate = torch.tensor([0.2], dtype=torch.float64)
    numbers = signed16(DRAW.seed, "dropout", DRAW.at, DRAW.shape)
    kept = numbers >= round(0.2 * 65536) - 32768
    assert (multiplier(DRAW, rate)[0].numpy() != 0).tolist() == kept.tolist()


def test_rates_next_to_the_ends_are_not_the_ends() -> None:
    near = torch.tensor([1e-6, 0.999995], dtype=torch.float64)
    assert dropped_cells(near).tolist() == [1, 65535]
    assert scale(near)[1].item() == 65536
