"""The stacked multilayer perceptron: K networks of one shape as one batch of tensors.

Shapes: K trials in the stack, B rows in the batch, I inputs and O outputs of a layer, C classes.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")
"""Read at MKL's first product: a product then gives the same bits wherever its matrices lie in memory. Without it a
network of odd widths is not the same at another place of the stack."""

import torch  # noqa: E402
from scipy.special import ndtri  # noqa: E402

from bench import draws  # noqa: E402
from bench.draws import Position  # noqa: E402

INITIALISATIONS = ("default", "normal_0.01")

Noise = Callable[[int], torch.Tensor | None]
"""hidden layer (from 0) -> multiplier of its activations `[K, B, O]`, or None for no noise."""


@dataclass(frozen=True)
class Layer:
    """Weight `[K, I, O]` and bias `[K, 1, O]` of one layer of every network; trained in place."""

    weight: torch.Tensor
    bias: torch.Tensor


@dataclass(frozen=True)
class Activations:
    """What the gradient needs of a forward pass."""

    inputs: list[torch.Tensor]
    """Input of each layer, `[K, B, I]`; the first is the batch, shared by the stack."""
    slopes: list[torch.Tensor]
    """d output / d pre-activation of each hidden layer, `[K, B, O]`: the noise where the ReLU is on, else 0."""
    logits: torch.Tensor
    """`[K, B, C]`."""


def initial_weights(sizes: tuple[int, ...], seed: int, initialisation: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (weight `[I, O]`, bias `[O]`), float64, for each layer of an MLP with layer widths `sizes`.

    ``default`` is that of torch.nn.Linear: weights and biases U(-1/sqrt(I), 1/sqrt(I)). ``normal_0.01`` draws the
    weights from N(0, 0.01^2), by the inverse of the distribution function, and leaves the biases as they are.
    """
    layers = []
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        uniform = draws.uniforms(seed, "initialisation", Position(layer=layer), (inputs + 1) * outputs)
        centred = (2 * uniform - 1) / np.sqrt(inputs)
        weight, bias = centred[: inputs * outputs], centred[inputs * outputs :]
        if initialisation == "normal_0.01":
            weight = 0.01 * ndtri(uniform[: inputs * outputs])
        layers.append((weight.reshape(inputs, outputs), bias))
    return layers


def build(
    weights: list[tuple[np.ndarray, np.ndarray]], stack_size: int, dtype: torch.dtype, device: torch.device
) -> list[Layer]:
    """Return a stack of `stack_size` networks that all start from `weights`."""

    def copies(array: np.ndarray) -> torch.Tensor:
        return torch.as_tensor(array, dtype=dtype, device=device).repeat(stack_size, 1, 1)

    return [Layer(copies(weight), copies(bias[None])) for weight, bias in weights]


def forward(network: list[Layer], batch: torch.Tensor, noise: Noise) -> Activations:
    """Run the networks in training mode on one `batch` `[B, I]`, with multiplicative noise after each ReLU."""
    inputs, slopes = [batch.expand(len(network[0].weight), *batch.shape)], []
    for index, layer in enumerate(network[:-1]):
        hidden = torch.baddbmm(layer.bias, inputs[-1], layer.weight)
        multiplier = noise(index)
        slope = (hidden > 0).to(hidden.dtype) if multiplier is None else _where_positive(multiplier, hidden)
        inputs.append(hidden.mul_(slope))
        slopes.append(slope)
    logits = torch.baddbmm(network[-1].bias, inputs[-1], network[-1].weight)
    return Activations(inputs, slopes, logits)


def descend(network: list[Layer], seen: Activations, error: torch.Tensor, learning_rate: float) -> None:
    """Take one step of plain SGD in place, given `error` = d loss / d logits, `[K, B, C]`.

    The weight gradient and its update are one matrix product; no gradient tensor is kept.
    """
    for index in reversed(range(len(network))):
        layer = network[index]
        passed_on = torch.bmm(error, layer.weight.mT) if index else None
        layer.weight.baddbmm_(seen.inputs[index].mT, error, alpha=-learning_rate)
        layer.bias.sub_(error.sum(dim=1, keepdim=True), alpha=learning_rate)
        if passed_on is not None:
            error = passed_on.mul_(seen.slopes[index - 1])


def predict(network: list[Layer], images: torch.Tensor) -> torch.Tensor:
    """Return the logits `[K, B, C]` of `images` `[B, I]` in evaluation mode: no noise."""
    hidden = images.expand(len(network[0].weight), *images.shape)
    for layer in network[:-1]:
        hidden = torch.baddbmm(layer.bias, hidden, layer.weight).relu_()
    return torch.baddbmm(network[-1].bias, hidden, network[-1].weight)


def _where_positive(values: torch.Tensor, gate: torch.Tensor) -> torch.Tensor:
    """Return `values` where `gate` > 0, else 0: torch's own ReLU gradient, faster than a Boolean mask."""
    return torch.ops.aten.threshold_backward(values, gate, 0)
