"""Initial weights, and the stacked network where the whole-engine tests do not look."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from bench.engines.stacked import model

SIZES = (784, 256, 256, 10)


def test_default_initial_weights_are_those_of_torch_linear_in_distribution() -> None:
    """Uniform on +-1/sqrt(fan in), weights and biases: Kolmogorov-Smirnov, and nn.Linear's own as a second sample."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = [nn.Linear(i, o) for i, o in itertools.pairwise(SIZES)]
    for (weight, bias), linear in zip(model.initial_weights(SIZES, 0, "default"), theirs, strict=True):
        assert weight.T.shape == linear.weight.shape
        bound = 1 / math.sqrt(weight.shape[0])
        assert max(abs(weight).max(), abs(bias).max()) <= bound
        uniform = stats.uniform(-bound, 2 * bound)
        assert stats.kstest(weight.ravel(), uniform.cdf).pvalue > 1e-4
        assert stats.kstest(bias, uniform.cdf).pvalue > 1e-4
        assert stats.ks_2samp(weight.ravel(), linear.weight.detach().numpy().ravel()).pvalue > 1e-4


def test_normal_initial_weights_have_standard_deviation_one_hundredth_and_default_biases() -> None:
    default = model.initial_weights(SIZES, 0, "default")
    for (weight, bias), (_, default_bias) in zip(model.initial_weights(SIZES, 0, "normal_0.01"), default, strict=True):
        assert stats.kstest(weight.ravel(), stats.norm(0, 0.01).cdf).pvalue > 1e-4
        assert np.array_equal(bias, default_bias)


def test_layers_and_seeds_start_from_different_weights() -> None:
    first, second = model.initial_weights((64, 64, 64), 0, "default")
    (other, _), _ = model.initial_weights((64, 64, 64), 1, "default")
    assert abs(np.corrcoef(first[0].ravel(), second[0].ravel())[0, 1]) < 5 / 64
    assert abs(np.corrcoef(first[0].ravel(), other.ravel())[0, 1]) < 5 / 64


@pytest.mark.parametrize("stack_size", [1, 3])
def test_predictions_are_those_of_the_plain_module(stack_size: int) -> None:
    weights = model.initial_weights((20, 8, 6, 3), 0, "default")
    network = model.build(weights, stack_size, torch.float64, torch.device("cpu"))
    images = torch.linspace(-1, 1, 100, dtype=torch.float64).reshape(5, 20)
    hidden = images
    for weight, bias in weights[:-1]:
        hidden = (hidden @ torch.from_numpy(weight) + torch.from_numpy(bias)).relu()
    expected = hidden @ torch.from_numpy(weights[-1][0]) + torch.from_numpy(weights[-1][1])
    predicted = model.predict(network, images)
    assert predicted.shape == (stack_size, 5, 3)
    torch.testing.assert_close(predicted, expected.expand(stack_size, 5, 3), rtol=0, atol=1e-14)


def test_a_network_full_of_nan_leaves_its_neighbours_alone() -> None:
    weights = model.initial_weights((20, 8, 6, 3), 0, "default")
    batch, error = torch.linspace(-1, 1, 100).reshape(5, 20), torch.full((1, 5, 3), 0.1)
    alone, pair = (model.build(weights, size, torch.float32, torch.device("cpu")) for size in (1, 2))
    for layer in pair:
        layer.parameters[0] = torch.nan
    for network, errors in ((alone, error), (pair, error.expand(2, 5, 3))):
        space = model.Workspace(network, len(batch))
        for _ in range(3):
            space.batches[..., :-1] = batch
            model.forward(network, space, model.no_noise)
            model.backward(network, space, errors)
            model.descend(network, 0.5)
    for layer, other in zip(alone, pair, strict=True):
        assert torch.equal(layer.weight[0], other.weight[1])
        assert torch.isnan(other.weight[0]).any()
