"""A short training as a list of numbers: by the engine, and by autograd of the plain module in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from bench.assurance.certify import specification
from bench.assurance.certify.setting import EXACT, one_stack
from bench.base.precision import Target
from bench.data.split import Split
from bench.engines.reference import BookMLP, train
from bench.record.trials import Recipe, Seeds
from bench.run import worker

Rates = tuple[float, ...]
Rows = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Trajectory:
    """What a training shows from outside: losses in nats per sample, and which images were classified rightly."""

    running_loss: list[float]
    test_loss: list[float]
    """After each epoch, evaluation mode."""
    final_loss: list[float]
    """Training and validation images, evaluation mode, after the last epoch."""
    correct: list[np.ndarray]
    """Test images after each epoch, then training and validation images: bool."""

    def losses(self) -> np.ndarray:
        """Return every loss."""
        return np.array([*self.running_loss, *self.test_loss, *self.final_loss])


class FedDropout(nn.Module):
    """Dropout by multipliers that are given, one a step, in training mode only."""

    def __init__(self, multipliers: list[Tensor]) -> None:
        super().__init__()
        self.multipliers, self.step = multipliers, 0

    def forward(self, activations: Tensor) -> Tensor:
        """Multiply by the next multiplier."""
        if not self.training:
            return activations
        self.step += 1
        return activations * self.multipliers[self.step - 1]


def batches_of(split: Split, recipe: Recipe, seeds: Seeds, epoch: int) -> list[Rows]:
    """Return the training batches of an epoch, in the specified order."""
    order = torch.from_numpy(specification.order(seeds.order, epoch, len(split.train_images)))
    return [(split.train_images[rows], split.train_labels[rows]) for rows in order.split(recipe.batch_size)]


def plain_module(split: Split, recipe: Recipe, seeds: Seeds, rates: Rates) -> BookMLP:
    """Return the plain module in float64, with the specified weights, masks and scales."""
    sizes = (split.train_images.shape[1], *recipe.hidden, split.classes)
    lengths = [min(recipe.batch_size, recipe.train_size - at) for at in range(0, recipe.train_size, recipe.batch_size)]
    dropouts = [
        FedDropout(
            [
                torch.from_numpy(specification.multiplier(seeds.mask, (epoch, step, layer), (rows, width), rate))
                for epoch in range(recipe.epochs)
                for step, rows in enumerate(lengths)
            ]
        )
        for layer, (rate, width) in enumerate(zip(rates, recipe.hidden, strict=True))
    ]
    net = BookMLP(sizes, dropouts).double()
    for linear, (weight, bias) in zip(net.linears, specification.initial_weights(seeds.init, sizes), strict=True):
        assert isinstance(linear, nn.Linear)
        linear.weight.data = torch.from_numpy(weight.T.copy())
        linear.bias.data = torch.from_numpy(bias.copy())
    return net


def by_autograd(
    split: Split, recipe: Recipe, seeds: Seeds, rates: Rates, adapt: Callable[[BookMLP], object] = lambda net: None
) -> Trajectory:
    """Train the plain module, changed by `adapt` where it is to err; `split` is in float64 on the CPU."""
    net = plain_module(split, recipe, seeds, rates)
    adapt(net)
    running, tested, correct = [], [], []
    for epoch in range(recipe.epochs):
        batches = batches_of(split, recipe, seeds, epoch)
        (plain,) = train(net, (batches, [(split.test_images, split.test_labels)]), 1, recipe.learning_rate)
        running.append(plain.train_loss)
        loss, hits = evaluated(net, split.test_images, split.test_labels)
        tested.append(loss)
        correct.append(hits)
    ends = [(split.train_images, split.train_labels), (split.validation_images, split.validation_labels)]
    final = [evaluated(net, *images) for images in ends if len(images[0])]
    return Trajectory(running, tested, [loss for loss, _ in final], correct + [hits for _, hits in final])


@torch.no_grad()
def evaluated(net: nn.Module, images: Tensor, labels: Tensor) -> tuple[float, np.ndarray]:
    """Return the mean loss and the hits of the plain module in evaluation mode."""
    logits = net.eval()(images)
    return nn.functional.cross_entropy(logits, labels).item(), (logits.argmax(dim=1) == labels).numpy()


def by_engine(
    split: Split, recipe: Recipe, seeds: Seeds, rates: list[Rates], precision: str = EXACT
) -> list[Trajectory]:
    """Train all `rates` in one stack; the split decides number format and device."""
    images = split.train_images
    stack = one_stack(rates, recipe, seeds, Target(images.device.type, precision), images.dtype)
    trajectories = []
    for outcome in worker.train(stack, split, lambda: None):
        ends = [score for score in (outcome.train, outcome.validation) if score is not None]
        trajectories.append(
            Trajectory(
                running_loss=[score.loss for score in outcome.running],
                test_loss=[score.loss for score in outcome.test],
                final_loss=[score.loss for score in ends],
                correct=[score.correct.numpy() for score in (*outcome.test, *ends)],
            )
        )
    return trajectories
