"""One network in float64, trained by autograd and torch.optim: what the engine is compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.base import draws
from bench.base.draws import Position
from bench.data.split import Split
from bench.engines.stacked import model
from bench.engines.stacked.train import StackedEngine
from bench.record.trials import Condition, Recipe
from tests.conftest import SMALL, condition, stack


def kept(value: Tensor, *place: object) -> Tensor:
    del place
    return value


def sgd(net: nn.Sequential, lr: float) -> torch.optim.Optimizer:
    return torch.optim.SGD(net.parameters(), lr=lr)


def nothing(net: nn.Sequential, *place: object) -> None:
    del net, place


def entropy(logits: Tensor, labels: Tensor, at: Position) -> Tensor:
    del at
    return functional.cross_entropy(logits, labels)


@dataclass(frozen=True)
class Plain:
    """How the plain training differs from plain SGD. A place is the Position of the step, and layer."""

    inputs: Callable[[Tensor, Position], Tensor] = kept
    weight: Callable[[Tensor, Position], Tensor] = kept
    hidden: Callable[[Tensor, Position], Tensor] = kept
    loss: Callable[[Tensor, Tensor, Position], Tensor] = entropy
    optimiser: Callable[[nn.Sequential, float], torch.optim.Optimizer] = sgd
    activation: Callable[[Tensor], Tensor] = torch.relu
    normalisation: Callable[[int], nn.Module] | None = None
    schedule: Callable[[torch.optim.Optimizer], torch.optim.lr_scheduler.LRScheduler] | None = None
    before_step: Callable[[nn.Sequential, Position, Callable[[], None]], None] = nothing
    """The last argument takes the gradient of the batch again, where the network is."""
    after_step: Callable[[nn.Sequential, Position], None] = nothing


def initial(recipe: Recipe, split: Split, seed: int = 0) -> nn.Sequential:
    sizes = (split.train_images.shape[1], *recipe.hidden, split.classes)
    layers = []
    for weight, bias in model.initial_weights(sizes, seed, recipe.initialisation):
        linear = nn.Linear(*weight.shape, dtype=torch.float64)
        linear.weight.data, linear.bias.data = torch.from_numpy(weight.T.copy()), torch.from_numpy(bias.copy())
        layers.append(linear)
    return nn.Sequential(*layers)


def batches(split: Split, recipe: Recipe, seed: int = 0) -> Iterable[tuple[Position, Tensor, Tensor]]:
    for epoch in range(recipe.epochs):
        order = draws.permutation(seed, "order", Position(epoch=epoch), len(split.train_images))
        for step, rows in enumerate(torch.from_numpy(order).split(recipe.batch_size)):
            yield Position(epoch, step), split.train_images[rows], split.train_labels[rows]


def forward(net: nn.Sequential, plain: Plain, norms: list[nn.Module], images: Tensor, at: Position) -> Tensor:
    out = plain.inputs(images, at)
    for index, linear in enumerate(net):
        assert isinstance(linear, nn.Linear)
        here = replace(at, layer=index)
        last = index == len(net) - 1
        out = functional.linear(out, linear.weight if last else plain.weight(linear.weight, here), linear.bias)
        if not last:
            out = plain.hidden(plain.activation(norms[index](out)), here)
    return out


def train_plain(plain: Plain, split: Split, recipe: Recipe = SMALL) -> tuple[nn.Sequential, list[nn.Module]]:
    """Return the network, and its normalisations, after the training that the recipe says, at seed 0."""
    net = initial(recipe, split)
    norms = [plain.normalisation(width).double() if plain.normalisation else nn.Identity() for width in recipe.hidden]
    optimiser = plain.optimiser(net, recipe.learning_rate)
    if plain.normalisation:
        optimiser.add_param_group({"params": [each for norm in norms for each in norm.parameters()]})
    schedule = plain.schedule(optimiser) if plain.schedule else None
    for at, images, labels in batches(split, recipe):
        if schedule and at.step == 0 and at.epoch:
            schedule.step()

        def gradient(at: Position = at, images: Tensor = images, labels: Tensor = labels) -> None:
            optimiser.zero_grad()
            plain.loss(forward(net, plain, norms, images, at), labels, at).backward()

        gradient()
        plain.before_step(net, at, gradient)
        optimiser.step()
        plain.after_step(net, at)
    return net, norms


def double(split: Split) -> Split:
    images = {name: getattr(split, name).double() for name in ("train_images", "validation_images", "test_images")}
    return replace(split, **images)


def trained(setting: Condition, split: Split, recipe: Recipe = SMALL) -> StackedEngine:
    """Return the engine after training, with an unregularised network first."""
    engine = StackedEngine(stack(condition("none"), setting, recipe=recipe), split)
    for epoch in range(recipe.epochs):
        engine.train_epoch(epoch)
        engine.end_epoch(epoch)
    return engine


def assert_same(net: nn.Sequential, found: StackedEngine) -> None:
    """Assert equal parameters to 1e-12."""
    for linear, layer in zip(net, found.network, strict=True):
        assert isinstance(linear, nn.Linear)
        parameters = layer.parameters[1]
        expected = torch.cat([linear.weight.T, linear.bias[None]]).detach()
        np.testing.assert_allclose(parameters.numpy(), expected.numpy(), rtol=0, atol=1e-12)
