"""The engine's steps equal autograd of the plain module to 1e-12 in float64, given the same weights, batches, masks."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from bench import draws, model
from bench.data.split import Images, Split, make_split
from bench.draws import Position
from bench.reference import BookDropout, BookMLP, accuracy, dropout_layer, train
from bench.regularisers.dropout import dropped_cells, multiplier
from bench.regularisers.record import Draw
from bench.train import evaluate, train_epoch
from bench.trials import Recipe, Stack
from tests.conftest import condition, stack

RATES = [(0.0, 0.0), (0.2, 0.5), (0.5, 0.2), (0.7, 0.7), (1.0, 1.0), (0.0, 1.0), (1.0, 0.3)]
SEED = 5
RECIPE = Recipe("fashion_mnist_sample", 400, 0, (48, 32), "default", 1, 64, 0.5)
"""Seven steps, the last with a batch of 16."""


class FedDropout(nn.Module):
    """Dropout by masks that are given, one a step, scaled as the book scales: by the keep probability."""

    def __init__(self, masks: list[Tensor], keep: float) -> None:
        super().__init__()
        self.masks, self.keep, self.step = masks, keep, 0

    def forward(self, activations: Tensor) -> Tensor:
        if not self.training:
            return activations
        mask = self.masks[self.step]
        self.step += 1
        return torch.zeros_like(activations) if self.keep == 0 else mask * activations / self.keep


@pytest.fixture
def split(sample_images: Images) -> Split:
    return make_split(sample_images, RECIPE.train_size, 0, torch.float64)


def batches_of(split: Split) -> list[tuple[Tensor, Tensor]]:
    order = torch.from_numpy(draws.permutation(SEED, "order", Position(epoch=0), len(split.train_images)))
    return [(split.train_images[rows], split.train_labels[rows]) for rows in order.split(RECIPE.batch_size)]


def reference_net(split: Split, rates: tuple[float, ...], batches: list[tuple[Tensor, Tensor]]) -> BookMLP:
    """Return the plain module with the engine's initial weights and masks."""
    dropouts = []
    for layer, (rate, width) in enumerate(zip(rates, RECIPE.hidden, strict=True)):
        strength = torch.tensor([rate], dtype=torch.float64)
        masks = [
            (
                multiplier(Draw(SEED, Position(0, step, layer), (len(x), width), torch.float64), strength)[0] != 0
            ).double()
            for step, (x, _) in enumerate(batches)
        ]
        dropouts.append(FedDropout(masks, 1 - dropped_cells(strength).item() / 65536))
    sizes = (split.train_images.shape[1], *RECIPE.hidden, split.classes)
    net = BookMLP(sizes, dropouts).double()
    for linear, (weight, bias) in zip(net.linears, model.initial_weights(sizes, SEED, "default"), strict=True):
        linear.weight.data = torch.from_numpy(weight.T.copy())
        linear.bias.data = torch.from_numpy(bias.copy())
    return net


def engine_network(split: Split, many: Stack) -> list[model.Layer]:
    sizes = (split.train_images.shape[1], *RECIPE.hidden, split.classes)
    weights = model.initial_weights(sizes, SEED, "default")
    return model.build(weights, len(many.trials), torch.float64, torch.device("cpu"))


def test_the_engine_equals_autograd_of_the_plain_module(split: Split) -> None:
    many = stack(*(condition(f"r{i}", dropout=rates) for i, rates in enumerate(RATES)), seed=SEED, recipe=RECIPE)
    network = engine_network(split, many)
    running = train_epoch(network, many, 0, split)
    tested = evaluate(network, split.test_images, split.test_labels)
    batches = batches_of(split)
    for k, rates in enumerate(RATES):
        net = reference_net(split, rates, batches)
        (epoch,) = train(net, (batches, [(split.test_images, split.test_labels)]), 1, RECIPE.learning_rate)
        for linear, layer in zip(net.linears, network, strict=True):
            assert np.abs(linear.weight.detach().numpy().T - layer.weight[k].numpy()).max() < 1e-12
            assert np.abs(linear.bias.detach().numpy() - layer.bias[k, 0].numpy()).max() < 1e-12
        assert running[k].loss == pytest.approx(epoch.train_loss, abs=1e-12)
        assert running[k].correct.double().mean() == epoch.train_accuracy
        assert tested[k].correct.double().mean() == epoch.test_accuracy


def test_an_all_dropped_network_learns_only_its_output_bias(split: Split) -> None:
    many = stack(condition("all", dropout=(1.0, 1.0)), seed=SEED, recipe=RECIPE)
    network, untrained = engine_network(split, many), engine_network(split, many)
    train_epoch(network, many, 0, split)
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
    many = stack(condition("none"), seed=SEED, recipe=RECIPE)
    net = reference_net(split, (1.0, 1.0), batches_of(split))
    (score,) = evaluate(engine_network(split, many), split.test_images, split.test_labels)
    assert accuracy(net, [(split.test_images, split.test_labels)]) == score.correct.double().mean()
