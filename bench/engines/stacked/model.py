"""The stacked multilayer perceptron: K networks of one shape as one batch of tensors.

Shapes: K trials in the stack, B rows in the batch, I inputs and O outputs of a layer, C classes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from bench.base import passes
from bench.base.matrix_products import USUAL, Step, bind
from bench.base.multiplying import library_of
from bench.data.pixels import numbers
from bench.engines.stacked.activations import RELU, Activation
from bench.engines.stacked.initialisation import initial_weights  # noqa: F401 - build takes what it gives
from bench.engines.stacked.normalisation import Normalisation

Noise = Callable[[int, torch.Tensor], None]
"""(hidden layer, from 0; where to write) -> writes the multiplier of the layer's activations, `[K, B, O]`."""


Seen = Callable[[int, torch.Tensor, torch.Tensor], None]
"""(hidden layer, from 0; activations before their noise; after it) -> looks at them, `[K, B, O]`."""


Arrays = tuple[np.ndarray, np.ndarray]
"""Weights and biases of a layer."""


def no_noise(layer: int, out: torch.Tensor) -> None:
    """Multiply by one."""
    del layer
    out.fill_(1)


@dataclass(frozen=True)
class Layer:
    """One layer of every network, trained in place."""

    parameters: torch.Tensor
    """`[K, I + 1, O]`: weights, then the bias as one more row, which meets a 1 at the end of every input. So one
    product adds the bias, and one gives both gradients."""
    operand: torch.Tensor
    """The parameters as the products of a training step take them: the same tensor, unless in a shorter format, or
    unless a regulariser changes them for the step."""
    gradient: torch.Tensor
    """Gradient of the loss with respect to the parameters, in the format of the products."""
    activation: Activation = RELU
    """Activation of the outputs, in a hidden layer."""
    normalisation: Normalisation | None = None
    """Normalisation of what goes into the activation."""
    library: str = USUAL
    """What multiplies on the CPU, network by network, so that none can see what it is stacked with."""

    @property
    def weight(self) -> torch.Tensor:
        """View `[K, I, O]`."""
        return self.parameters[:, :-1]

    @property
    def bias(self) -> torch.Tensor:
        """View `[K, 1, O]`."""
        return self.parameters[:, -1:]

    def descend(self, learning_rate: float) -> None:
        """Take a step down the gradient."""
        self.parameters.add_(self.gradient, alpha=-learning_rate)
        self.refresh()

    def refresh(self) -> None:
        """Let the products take the parameters as they are now."""
        if self.operand is not self.parameters:
            self.operand.copy_(self.parameters)


@dataclass(frozen=True)
class Products:
    """The products of a layer in training, for all networks, each done when it is called."""

    forward: Step
    gradient: Step
    backward: Step | None
    """To the inputs; none in the first layer."""


class Workspace:
    """What a training step on `rows` images writes, overwritten at each step: fresh memory would cost 8% of a step."""

    def __init__(
        self, network: list[Layer], rows: int, sharing: list[slice] | None = None, own_inputs: bool = False
    ) -> None:
        stack_size, inputs, _ = network[0].operand.shape
        make = network[0].operand.new_zeros
        self.sharing = sharing or [slice(0, stack_size)]
        """Networks that share a batch, S times."""
        self.batches = network[0].operand.new_ones((len(self.sharing), rows, inputs))
        """`[S, B, I + 1]`; ends in a column of ones."""
        self.own_inputs = network[0].operand.new_ones((stack_size, rows, inputs)) if own_inputs else None
        """`[K, B, I + 1]`, where networks have inputs of their own."""
        deep = [layer.operand.new_ones((stack_size, rows, layer.bias.shape[2] + 1)) for layer in network[:-1]]
        wide = torch.promote_types(network[0].operand.dtype, torch.float32)
        self.slopes = [make((stack_size, rows, layer.bias.shape[2]), dtype=wide) for layer in network[:-1]]
        """d output / d pre-activation of each hidden layer, `[K, B, O]`: with a ReLU, the noise where it is on, else 0.
        Never in a shorter format than float32: a rounded dropout scale would not keep the expectation."""
        self.logits = make((stack_size, rows, network[-1].bias.shape[2]))
        """`[K, B, C]`."""
        self.errors = [make((stack_size, rows, layer.bias.shape[2])) for layer in network]
        """d loss / d pre-activation of each layer, `[K, B, O]`."""
        self.hidden = [each[:, :, :-1] for each in deep]
        """Outputs of each hidden layer, within the inputs of the next, `[K, B, O]`."""
        first, *outs = [*self.hidden, self.logits]
        self.products = [self._first(network[0], first)] + [
            Products(
                bind(inputs, layer.operand, out, layer.library),
                bind(inputs.mT, error, layer.gradient, layer.library),
                bind(error, layer.operand[:, :-1].mT, before, layer.library),
            )
            for layer, inputs, out, error, before in zip(
                network[1:], deep, outs, self.errors[1:], self.errors[:-1], strict=True
            )
        ]

    def _first(self, layer: Layer, out: torch.Tensor) -> Products:
        """Return the products of the first layer: with each network's own inputs, or batch by batch."""
        own = self.own_inputs
        if own is None and len(self.batches) == len(layer.operand):
            own = self.batches
        inputs = (
            [(own, slice(None))]
            if own is not None
            else [
                (batch.expand(networks.stop - networks.start, -1, -1), networks)
                for batch, networks in zip(self.batches, self.sharing, strict=True)
            ]
        )
        operand, gradient, error = layer.operand, layer.gradient, self.errors[0]
        return Products(
            _each([bind(given, operand[of], out[of], layer.library) for given, of in inputs]),
            _each([bind(given.mT, error[of], gradient[of], layer.library) for given, of in inputs]),
            None,
        )

    def gather(self, images: torch.Tensor, rows: torch.Tensor) -> None:
        """Make `rows` `[S, B]` of `images` `[N, I]` the batches."""
        fast = passes.compiled()
        if fast is not None and images.dtype == torch.uint8 and self.batches.dtype == torch.float32:
            fast.gather(images.numpy(), rows.contiguous().numpy(), self.batches.numpy())
            return
        batches, chosen = self.batches.flatten(0, 1)[:, :-1], rows.reshape(-1)
        if images.dtype == batches.dtype:
            torch.index_select(images, 0, chosen, out=batches)
        else:
            numbers(images.index_select(0, chosen), out=batches)


def _each(steps: list[Step]) -> Step:
    """Return a step that takes all of `steps`."""

    def step() -> None:
        for each in steps:
            each()

    return steps[0] if len(steps) == 1 else step


def side_by_side(starts: list[list[Arrays]], counts: list[int]) -> list[Arrays]:
    """Return the weights `[K, I, O]` and biases `[K, O]` of networks of which `counts` start from each of `starts`."""
    return [
        (np.repeat(np.stack(weights), counts, axis=0), np.repeat(np.stack(biases), counts, axis=0))
        for weights, biases in (zip(*layer, strict=True) for layer in zip(*starts, strict=True))
    ]


def build(
    weights: list[Arrays],
    stack_size: int,
    dtype: torch.dtype,
    device: torch.device,
    operand_format: torch.dtype | None = None,
    *,
    own_operands: bool = False,
) -> list[Layer]:
    """Return a stack of `stack_size` networks that start from `weights`, kept as `dtype`.

    Weights and biases of a layer are `[I, O]` and `[O]` for all networks, or `[K, I, O]` and `[K, O]`. With
    `own_operands`, what the products take is never the parameters themselves.
    """
    layers = []
    for weight, bias in weights:
        both = torch.as_tensor(np.concatenate([weight, bias[..., None, :]], axis=-2), dtype=dtype, device=device)
        parameters = both.expand(stack_size, -1, -1).clone(memory_format=torch.contiguous_format)
        operand = parameters.to(operand_format or dtype, copy=own_operands)
        library = library_of(*weight.shape[-2:])
        layers.append(Layer(parameters, operand, torch.zeros_like(operand), library=library))
    return layers


def forward(network: list[Layer], space: Workspace, noise: Noise) -> torch.Tensor:
    """Run the networks in training mode on the batch of `space`, with multiplicative noise after each activation.

    Returns the logits `[K, B, C]`; `space` keeps them, and what the gradient needs.
    """
    with np.errstate(all="ignore"):  # numbers that overflow are an outcome, and no warning
        for index, layer in enumerate(network[:-1]):
            hidden, slope = space.hidden[index], space.slopes[index]
            space.products[index].forward()
            if layer.normalisation:
                layer.normalisation.forward(hidden)
            noise(index, slope)
            layer.activation.train(hidden, slope)
        space.products[-1].forward()
    return space.logits


def backward(network: list[Layer], space: Workspace, error: torch.Tensor) -> None:
    """Write the gradient of every layer, given `error` = d loss / d logits, `[K, B, C]`, of the last `forward`."""
    space.errors[-1].copy_(error)
    with np.errstate(all="ignore"):
        for index in reversed(range(len(network))):
            products = space.products[index]
            products.gradient()
            if products.backward is not None:
                products.backward()
                before = space.errors[index - 1].mul_(space.slopes[index - 1])
                if normalisation := network[index - 1].normalisation:
                    normalisation.backward(before)


def descend(network: list[Layer], learning_rate: float) -> None:
    """Take one step of plain SGD in place."""
    for layer in network:
        layer.descend(learning_rate)


def predict(
    network: list[Layer], images: torch.Tensor, noise: Noise | None = None, seen: Seen | None = None
) -> torch.Tensor:
    """Return the logits `[K, B, C]` of `images` `[B, I]` in evaluation mode, in the weights' own format.

    No noise is on but what is given; `seen` is told the hidden activations.
    """
    hidden = images.expand(len(network[0].parameters), *images.shape)
    for index, layer in enumerate(network):
        out = layer.parameters.new_empty((*hidden.shape[:2], layer.bias.shape[2]))
        with np.errstate(all="ignore"):
            bind(hidden, layer.weight, out, layer.library)()
        hidden = out.add_(layer.bias)
        if index < len(network) - 1:
            if layer.normalisation:
                layer.normalisation.evaluate(hidden)
            hidden = layer.activation.value(hidden)
            if noise:
                factor = torch.empty_like(hidden)
                noise(index, factor)
                before, hidden = hidden, hidden * factor
                if seen:
                    seen(index, before, hidden)
    return hidden
