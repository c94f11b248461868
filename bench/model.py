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

PADDING = 16
"""The output layer is as wide as the next multiple: products 10 wide take 2.5 times as long as products 16 wide."""


@dataclass(frozen=True)
class Layer:
    """One layer of every network, trained in place."""

    parameters: torch.Tensor
    """`[K, I + 1, P]`: weights, then the bias as one more row, which meets a 1 at the end of every input. So one
    product adds the bias, and one updates both. Columns from `outputs` on are padding: zero, and zero they stay."""
    operand: torch.Tensor
    """The parameters as the products of a training step take them: the same tensor, unless in a shorter format."""
    outputs: int

    @property
    def weight(self) -> torch.Tensor:
        """View `[K, I, O]`."""
        return self.parameters[:, :-1, : self.outputs]

    @property
    def bias(self) -> torch.Tensor:
        """View `[K, 1, O]`."""
        return self.parameters[:, -1:, : self.outputs]

    def descend(self, inputs: torch.Tensor, error: torch.Tensor, learning_rate: float) -> None:
        """Take a step down the gradient ``inputs^T error``; in one product, where no other format is between."""
        if self.operand is self.parameters:
            self.parameters.baddbmm_(inputs.mT, error, alpha=-learning_rate)
        else:
            self.parameters.add_(torch.bmm(inputs.mT, error), alpha=-learning_rate)
            self.operand.copy_(self.parameters)


class Workspace:
    """What a training step on `rows` images writes, each step anew: fresh memory would cost 3% of a step."""

    def __init__(self, network: list[Layer], rows: int) -> None:
        stack_size, inputs, _ = network[0].operand.shape
        make = network[0].operand.new_empty
        self.batch = network[0].operand.new_ones((rows, inputs))
        """`[B, I + 1]`, shared by the stack; ends in a column of ones."""
        self.inputs = [self.batch.expand(stack_size, rows, inputs)]
        """Of each layer, `[K, B, I + 1]`; ends in a column of ones."""
        self.inputs += [layer.operand.new_ones((stack_size, rows, layer.outputs + 1)) for layer in network[:-1]]
        wide = torch.promote_types(network[0].operand.dtype, torch.float32)
        self.slopes = [make((stack_size, rows, layer.outputs), dtype=wide) for layer in network[:-1]]
        """d output / d pre-activation of each hidden layer, `[K, B, O]`: the noise where the ReLU is on, else 0. Never
        in a shorter format than float32: a rounded dropout scale would not keep the expectation."""
        self.results = [make((stack_size, rows, layer.operand.shape[2])) for layer in network]
        """Pre-activations of each layer, `[K, B, P]`; on the way back, the loss's gradients by them."""


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
    weights: list[tuple[np.ndarray, np.ndarray]],
    stack_size: int,
    dtype: torch.dtype,
    device: torch.device,
    operand_format: torch.dtype | None = None,
) -> list[Layer]:
    """Return a stack of `stack_size` networks that all start from `weights`, kept as `dtype`."""
    layers = []
    for index, (weight, bias) in enumerate(weights):
        outputs = len(bias)
        padding = -outputs % PADDING if index == len(weights) - 1 else 0
        both = torch.as_tensor(np.concatenate([weight, bias[None]]), dtype=dtype, device=device)
        parameters = torch.nn.functional.pad(both, (0, padding)).repeat(stack_size, 1, 1)
        layers.append(Layer(parameters, parameters.to(operand_format or dtype), outputs))
    return layers


def forward(network: list[Layer], space: Workspace, images: torch.Tensor, noise: Noise) -> torch.Tensor:
    """Run the networks in training mode on one batch `[B, I]`, with multiplicative noise after each ReLU.

    Returns the logits `[K, B, C]`, a view into `space`, which keeps what the gradient needs.
    """
    space.batch[:, :-1] = images
    for index, layer in enumerate(network):
        result = torch.bmm(space.inputs[index], layer.operand, out=space.results[index])
        if index < len(space.slopes):
            multiplier = noise(index)
            slope = space.slopes[index]
            factor = slope.new_ones(()).expand_as(slope) if multiplier is None else multiplier
            _where_positive(factor, result.to(slope.dtype), slope)
            torch.mul(result, slope, out=space.inputs[index + 1][:, :, :-1])
    return space.results[-1][:, :, : network[-1].outputs]


def descend(network: list[Layer], space: Workspace, error: torch.Tensor, learning_rate: float) -> None:
    """Take one step of plain SGD in place, given `error` = d loss / d logits, `[K, B, C]`, of the last `forward`."""
    space.results[-1][:, :, : network[-1].outputs] = error
    for index in reversed(range(len(network))):
        layer, result = network[index], space.results[index]
        if index:
            torch.bmm(result, layer.operand[:, :-1].mT, out=space.results[index - 1])
        layer.descend(space.inputs[index], result, learning_rate)
        if index:
            space.results[index - 1].mul_(space.slopes[index - 1])


def predict(network: list[Layer], images: torch.Tensor) -> torch.Tensor:
    """Return the logits `[K, B, C]` of `images` `[B, I]` in evaluation mode: no noise, in the weights' own format."""
    hidden = images.expand(len(network[0].parameters), *images.shape)
    for index, layer in enumerate(network):
        hidden = torch.baddbmm(layer.parameters[:, -1:], hidden, layer.parameters[:, :-1])
        if index < len(network) - 1:
            hidden.relu_()
    return hidden[:, :, : network[-1].outputs]


def _where_positive(values: torch.Tensor, gate: torch.Tensor, out: torch.Tensor) -> torch.Tensor:
    """Return `values` where `gate` > 0, else 0, in `out`: torch's own ReLU gradient, faster than a Boolean mask."""
    return torch.ops.aten.threshold_backward.grad_input(values, gate, 0, grad_input=out)
