"""The engine's weights equal those of the plain module to 1e-12 in float64; the book's dropout is torch's.

The rung "agreement" of certification compares what a training shows from outside: losses and hits.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from bench.assurance.certify.trajectory import batches_of, plain_module
from bench.data.images import Images
from bench.data.split import Split, make_split
from bench.engines.reference import BookDropout, accuracy, dropout_layer, train
from bench.engines.stacked import model
from bench.engines.stacked.train import evaluate, train_epoch
from bench.record.trials import Recipe, Seeds, Stack
from tests.conftest import condition, stack

RATES = [(0.0, 0.0), (0.2, 0.5), (0.5, 0.2), (0.7, 0.7), (1.0, 1.0), (0.0, 1.0), (1.0, 0.3)]
SEEDS = Seeds(init=5, order=6, mask=7)
RECIPE = Recipe("fashion_mnist_sample", 400, 0, (48, 32), "default", 2, 64, 0.5)
"""Seven steps an epoch, the last with a batch of 16."""


@pytest.fixture
def split(sample_images: Images) -> Split:
    return make_split(sample_images, RECIPE.train_size, 0, torch.float64)


def engine_stack(*rates: tuple[float, ...]) -> Stack:
    many = stack(*(condition(f"r{i}", dropout=each) for i, each in enumerate(rates)), recipe=RECIPE)
    return Stack(tuple(replace(trial, seeds=SEEDS) for trial in many.trials))


def engine_network(split: Split, stack_size: int) -> list[model.Layer]:
    sizes = (split.train_images.shape[1], *RECIPE.hidden, split.classes)
    weights = model.initial_weights(sizes, SEEDS.init, "default")
    return model.build(weights, stack_size, torch.float64, torch.device("cpu"))


def test_the_engine_equals_autograd_of_the_plain_module(split: Split) -> None:
    """Weights after each epoch, running and test scores, for every rate in one stack."""
    many, network = engine_stack(*RATES), engine_network(split, len(RATES))
    nets = [plain_module(split, RECIPE, SEEDS, rates) for rates in RATES]
    for epoch in range(RECIPE.epochs):
        running = train_epoch(network, many, epoch, split)
        tested = evaluate(network, split.test_images, split.test_labels)
        batches = batches_of(split, RECIPE, SEEDS, epoch), [(split.test_images, split.test_labels)]
        for k, net in enumerate(nets):
            (plain,) = train(net, batches, 1, RECIPE.learning_rate)
            for linear, layer in zip(net.linears, network, strict=True):
                assert np.abs(linear.weight.detach().numpy().T - layer.weight[k].numpy()).max() < 1e-12
                assert np.abs(linear.bias.detach().numpy() - layer.bias[k, 0].numpy()).max() < 1e-12
            assert running[k].loss == pytest.approx(plain.train_loss, abs=1e-12)
            assert running[k].correct.double().mean() == plain.train_accuracy
            assert tested[k].correct.double().mean() == plain.test_accuracy


def test_an_all_dropped_network_learns_only_its_output_bias(split: Split) -> None:
    network, untrained = engine_network(split, 1), engine_network(split, 1)
    train_epoch(network, engine_stack((1.0, 1.0)), 0, split)
    for layer, before in zip(network, untrained, strict=True):
        assert torch.equal(layer.weight, before.weight)
    assert not torch.equal(network[-1].bias, untrained[-1].bias)


@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_the_books_dropout_is_that_of_torch_in_distribution(rate: float) -> None:
    """Keep share and scale of both layers, within 5 standard errors at n = 1,000,000."""
    ones, standard_error = torch.ones(1_000_000), (rate * (1 - rate) / 1_000_000) ** 0.5
    with torch.random.fork_rng():
        torch.manual_seed(1)
        for layer in (BookDropout(rate), nn.Dropout(rate)):
            out = layer(ones)
            assert out.unique().tolist() == [0.0, pytest.approx(1 / (1 - rate))]
            assert abs((out == 0).double().mean().item() - rate) < 5 * standard_error
            assert torch.equal(layer.eval()(ones), ones)


def test_the_books_dropout_is_exact_at_both_ends_and_refuses_the_rest() -> None:
    some = torch.tensor([1.0, -2.0])
    assert torch.equal(dropout_layer(some, 0), some)
    assert torch.equal(dropout_layer(some, 1), torch.zeros(2))
    with pytest.raises(ValueError, match=r"rate 1\.2"):
        dropout_layer(some, 1.2)


def test_accuracy_is_measured_without_dropout(split: Split) -> None:
    net = plain_module(split, RECIPE, SEEDS, (1.0, 1.0))
    (score,) = evaluate(engine_network(split, 1), split.test_images, split.test_labels)
    assert accuracy(net, [(split.test_images, split.test_labels)]) == score.correct.double().mean()
