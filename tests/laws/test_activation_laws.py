"""What every activation must satisfy, so that a network is the same whatever it is stacked with."""

from __future__ import annotations

import pytest
import torch

from bench.base import passes
from bench.engines.stacked.activations import ACTIVATIONS


@pytest.fixture(params=[False, True], ids=["by torch", "compiled"])
def compiled(request):
    """With the compiled passes, and without."""
    if request.param and not passes.load():
        pytest.skip("numba is not installed")
    yield
    passes.unload()


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_units_value_is_the_same_wherever_it_stands(name: str, dtype: torch.dtype) -> None:
    """Kernels go through a tensor by whole vectors, and through what is left at its end by single numbers."""
    activation, given = ACTIVATIONS[name], 3 * torch.randn(1, 1, 512, dtype=dtype, generator=torch.manual_seed(0))
    whole = activation.value(given.clone())
    hidden, slope = given.clone(), torch.ones_like(given)
    activation.train(hidden, slope)
    for length in (1, 7, 16, 31, 33):
        for start in range(given.shape[-1] - length):
            part = (..., slice(start, start + length))
            assert torch.equal(activation.value(given[part].clone()), whole[part])
        one, own = given[..., :length].clone(), torch.ones(1, 1, length, dtype=dtype)
        activation.train(one, own)
        assert torch.equal(one, hidden[..., :length])
        assert torch.equal(own, slope[..., :length])
