"""Dropout's multiplier: right in expectation, and next to the ends. The rung "randomness" tests the rest."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from bench.base import draws
from bench.base.draws import Position
from bench.regularisers import REGULARISERS
from bench.regularisers.dropout import DROPOUT
from bench.regularisers.noise import dropped_cells, scale
from bench.regularisers.record import Draw

DRAW = Draw(0, Position(0, 0, 0))


@pytest.mark.parametrize("rate", [0.1, 0.2, 0.5, 0.7, 0.95])
def test_units_are_dropped_at_the_rate_and_the_mean_is_one(rate: float) -> None:
    """Within 5 standard errors at n = 131,072, for the whole batch; the scale is the realised keep rate's."""
    (factors,) = DROPOUT.multiplier(DRAW, torch.tensor([rate], dtype=torch.float64), (512, 256))
    realised = round(rate * 65536) / 65536
    standard_error = (realised * (1 - realised) / factors.numel()) ** 0.5
    assert abs((factors == 0).double().mean().item() - realised) < 5 * standard_error
    assert factors.max().item() == pytest.approx(1 / (1 - realised), rel=1e-7)
    assert scale(torch.tensor(rate, dtype=torch.float64)).item() * (1 - realised) == pytest.approx(1, abs=1e-12)


def test_a_smaller_last_batch_sees_the_first_rows() -> None:
    rate = torch.tensor([0.5], dtype=torch.float64)
    shorter, whole = (DROPOUT.multiplier(DRAW, rate, (rows, 256)) for rows in (96, 512))
    assert torch.equal(shorter, whole[:, :96])


def test_rates_next_to_the_ends_are_not_the_ends() -> None:
    near = torch.tensor([1e-6, 0.999995], dtype=torch.float64)
    assert dropped_cells(near).tolist() == [1, 65535]
    assert scale(near)[1].item() == 65536


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.7])
@pytest.mark.parametrize("name", ["gaussian_dropout", "uniform_noise", "three_point_noise", "dropout", "dropconnect"])
def test_noise_has_the_mean_and_the_variance_of_dropout(name: str, rate: float) -> None:
    """Within 5 standard errors at n = 262,144, that of the variance by the fourth moment seen; rates have 16 bits."""
    (factors,) = REGULARISERS[name].multiplier(DRAW, torch.tensor([rate], dtype=torch.float64), (1024, 256))
    squares = (factors.double() - 1).square()
    variance, rounding = rate / (1 - rate), 2**-17 / (1 - rate) ** 2
    assert abs(factors.double().mean().item() - 1) < 5 * (variance / factors.numel()) ** 0.5
    assert abs(squares.mean().item() - variance) < 5 * (squares.var().item() / factors.numel()) ** 0.5 + rounding


def test_the_largest_number_is_the_third_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """In float32 it is 1: a product of 3 that is no third."""
    monkeypatch.setattr(draws, "uniforms", lambda *place: np.array([0.1, 0.5, 0.9, 1 - 2.0**-53]))
    strength = torch.tensor([0.4], dtype=torch.float64)
    found = REGULARISERS["three_point_noise"].multiplier(Draw(0, Position()), strength, (1, 4)).flatten()
    assert found.tolist() == pytest.approx([0, 1, 2, 2], abs=1e-6)
