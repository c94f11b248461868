"""Optimisers and learning-rate schedules: the step that follows the gradient.

Each optimiser is torch's of the same name, number by number, so that a network in a stack is the same as alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from bench.base.torch_on_use import torch
from bench.regularisers.record import Weights

MOMENTUM = 0.9
BETAS, EPSILON = (0.9, 0.999), 1e-8
"""torch's defaults of Adam."""


class Optimiser(Protocol):
    """What takes a step down the gradient, in place; it keeps what it must between steps."""

    def step(self, layers: list[Weights], learning_rate: float) -> None:
        """Change the parameters of `layers`, by their gradients."""
        ...


class Sgd:
    """Plain stochastic gradient descent."""

    def __init__(self, layers: list[Weights]) -> None:
        del layers

    def step(self, layers: list[Weights], learning_rate: float) -> None:
        """Subtract the gradient, times the learning rate."""
        for layer in layers:
            layer.parameters.add_(layer.gradient, alpha=-learning_rate)


class Momentum:
    """torch.optim.SGD with momentum 0.9, without dampening: v = 0.9 v + gradient; parameters -= learning rate * v."""

    def __init__(self, layers: list[Weights]) -> None:
        self.velocities = [torch.zeros_like(layer.parameters) for layer in layers]

    def step(self, layers: list[Weights], learning_rate: float) -> None:
        """Add the gradient to the velocity, and subtract that."""
        for layer, velocity in zip(layers, self.velocities, strict=True):
            velocity.mul_(MOMENTUM).add_(layer.gradient)
            layer.parameters.add_(velocity, alpha=-learning_rate)


class Adam:
    """Adam (Kingma and Ba 2015) with torch's defaults: betas 0.9 and 0.999, epsilon 1e-8 beside the root."""

    def __init__(self, layers: list[Weights]) -> None:
        self.steps = 0
        self.means = [torch.zeros_like(layer.parameters) for layer in layers]
        self.squares = [torch.zeros_like(layer.parameters) for layer in layers]

    def step(self, layers: list[Weights], learning_rate: float) -> None:
        """Subtract the mean gradient over the root of the mean square, both corrected for their start at 0."""
        self.steps += 1
        mean_bias, square_bias = (1 - beta**self.steps for beta in BETAS)
        for layer, mean, square in zip(layers, self.means, self.squares, strict=True):
            mean.lerp_(layer.gradient, 1 - BETAS[0])
            square.mul_(BETAS[1]).addcmul_(layer.gradient, layer.gradient, value=1 - BETAS[1])
            root = (square.sqrt() / math.sqrt(square_bias)).add_(EPSILON)
            layer.parameters.addcdiv_(mean, root, value=-learning_rate / mean_bias)


OPTIMISERS: dict[str, Callable[[list[Weights]], Optimiser]] = {"sgd": Sgd, "momentum": Momentum, "adam": Adam}


def _steps(progress: float) -> float:
    return 0.01 if progress >= 0.75 else 0.1 if progress >= 0.5 else 1.0


SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda progress: 1.0,
    "cosine": lambda progress: (1 + math.cos(math.pi * progress)) / 2,
    "step": _steps,
    "linear": lambda progress: 1 - progress,
}
"""Schedule -> factor of the learning rate in an epoch, by the share of the epochs that were done before it.

``cosine`` is torch's CosineAnnealingLR over all epochs; ``step`` divides by 10 at half and again at three quarters
(He et al. 2016); ``linear`` goes from the learning rate towards 0."""
