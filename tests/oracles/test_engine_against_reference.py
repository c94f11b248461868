"""The engine's steps equal autograd of the plain module to 1e-12 in float64, given the same weights, batches, masks."""

from __future__ import annotations

from dataclasses import replace

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
from bench.train import evaluate, train_epoch, train_stack
from bench.trials import Recipe, Seeds, Stack
from tests.conftest import condition, stack

RATES = [(0.0, 0.0), (0.2, 0.5), (0.5, 0.2), (0.7, 0.7), (1.0, 1.0), (0.0, 1.0), (1.0, 0.3)]
SEEDS = Seeds(init=5, order=6, mask=7)
RECIPE = Recipe("fashion_mnist_sample", 400, 0, (48, 32), "default", 2, 64, 0.5)
"""Seven steps an epoch, the last with a batch of 16."""


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


def batches_of(split: Split, epoch: int) -> list[tuple[Tensor, Tensor]]:
    order = torch.from_numpy(draws.permutation(SEEDS.order, "order", Position(epoch=epoch), len(split.train_images)))
    return [(split.train_images[rows], split.train_labels[rows]) for rows in order.split(RECIPE.batch_size)]


def reference_net(split: Split, rates: tuple[float, ...]) -> BookMLP:
    """Return the plain module with the engine's initial weights and masks."""
    dropouts = []
    for layer, (rate, width) in enumerate(zip(rates, RECIPE.hidden, strict=True)):
        strength = torch.tensor([rate], dtype=torch.float64)
        masks = [
            (
                multiplier(Draw(SEEDS.mask, Position(epoch, step, layer), (len(x), width), torch.float64), strength)[0]
                != 0
            )
            for epoch in range(RECIPE.epochs)
            for step, (x, _) in enumerate(batches_of(split, epoch))
        ]
        dropouts.append(FedDropout([mask.double() for mask in masks], 1 - dropped_cells(strength).item() / 65536))
    sizes = (split.train_images.shape[1], *RECIPE.hidden, split.classes)
    net = BookMLP(sizes, dropouts).double()
    for linear, (weight, bias) in zip(net.linears, model.initial_weights(sizes, SEEDS.init, "default"), strict=True):
        linear.weight.data = torch.from_numpy(weight.T.copy())
        linear.bias.data = torch.from_numpy(bias.copy())
    return net


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
    nets = [reference_net(split, rates) for rates in RATES]
    for epoch in range(RECIPE.epochs):
        running = train_epoch(network, many, epoch, split)
        tested = evaluate(network, split.test_images, split.test_labels)
        batches = batches_of(split, epoch), [(split.test_images, split.test_labels)]
        for k, net in enumerate(nets):
            (plain,) = train(net, batches, 1, RECIPE.learning_rate)
            for linear, layer in zip(net.linears, network, strict=True):
                assert np.abs(linear.weight.detach().numpy().T - layer.weight[k].numpy()).max() < 1e-12
                assert np.abs(linear.bias.detach().numpy() - layer.bias[k, 0].numpy()).max() < 1e-12
            assert running[k].loss == pytest.approx(plain.train_loss, abs=1e-12)
            assert running[k].correct.double().mean() == plain.train_accuracy
            assert tested[k].correct.double().mean() == plain.test_accuracy


def test_a_whole_training_is_its_epochs_scored_on_the_right_images(split: Split) -> None:
    """What train_stack returns is what the plain module gives: last epoch, test, clean training, validation."""
    rates, halves = (0.2, 0.5), (split.train_images[:100], split.train_labels[:100])
    with_validation = replace(split, validation_images=halves[0], validation_labels=halves[1])
    (outcome,) = train_stack(engine_stack(rates), with_validation, lambda: None)
    net = reference_net(split, rates)
    tested = [(split.test_images, split.test_labels)]
    plain = [train(net, (batches_of(split, epoch), tested), 1, RECIPE.learning_rate)[0] for epoch in range(2)]
    assert [score.loss for score in outcome.running] == pytest.approx([epoch.train_loss for epoch in plain], abs=1e-12)
    assert [score.correct.double().mean() for score in outcome.test] == [epoch.test_accuracy for epoch in plain]
    assert outcome.train is not None
    assert outcome.validation is not None
    for score, images, labels in [
        (outcome.test[-1], split.test_images, split.test_labels),
        (outcome.train, split.train_images, split.train_labels),
        (outcome.validation, *halves),
    ]:
        logits = net.eval()(images).detach()
        assert torch.equal(score.correct, logits.argmax(dim=1) == labels)
        assert score.loss == pytest.approx(nn.functional.cross_entropy(logits, labels).item(), abs=1e-12)


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
    net = reference_net(split, (1.0, 1.0))
    (score,) = evaluate(engine_network(split, 1), split.test_images, split.test_labels)
    assert accuracy(net, [(split.test_images, split.test_labels)]) == score.correct.double().mean()
