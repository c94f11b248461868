"""Activations: value and derivative of hidden units, multiplied by their noise.

They are made of tanh, exp and erf: torch's own sigmoid and GELU round otherwise at the end of a tensor than elsewhere,
so that a network would depend on how many it is stacked with.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bench.base import passes
from bench.base.torch_on_use import torch

ROOT_2, ROOT_2_PI = math.sqrt(2), math.sqrt(2 * math.pi)


@dataclass(frozen=True)
class Activation:
    """A function of each hidden unit."""

    value: Callable[[torch.Tensor], torch.Tensor]
    """May be in place."""
    train: Callable[[torch.Tensor, torch.Tensor], None]
    """(what goes in `[K, B, H]`, the noise's multiplier `[K, B, H]`) -> puts value times noise in place of the first,
    and derivative times noise in place of the second."""


def _rectified(hidden: torch.Tensor) -> torch.Tensor:
    return torch.relu_(hidden)


def _relu(hidden: torch.Tensor, slope: torch.Tensor) -> None:
    """Put 0 into `slope` where `hidden` <= 0: torch's own ReLU gradient, faster than a Boolean mask."""
    fast, rows = passes.compiled(), _rows(hidden)
    if fast is not None and rows is not None and slope.is_contiguous():
        fast.rectify(rows.numpy(), slope.view(-1, slope.shape[-1]).numpy())
        return
    torch.ops.aten.threshold_backward.grad_input(slope, hidden.to(slope.dtype), 0, grad_input=slope)
    hidden.mul_(slope)


def _rows(hidden: torch.Tensor) -> torch.Tensor | None:
    """Return the memory that `hidden` `[K, B, H]` begins, with what lies between its rows; None where it cannot be."""
    if hidden.device.type != "cpu" or hidden.dtype != torch.float32:
        return None
    if hidden.is_contiguous():
        return hidden.view(-1, hidden.shape[-1])
    networks, rows, row = hidden.stride()
    if networks != hidden.shape[1] * rows or row != 1:
        return None
    return hidden.as_strided((hidden.shape[0] * hidden.shape[1], rows), (rows, 1))


def _smooth(
    value: Callable[[torch.Tensor], torch.Tensor], derivative: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
) -> Activation:
    """Return the activation with this `value`, and this `derivative` by what goes in and what comes out."""

    def train(hidden: torch.Tensor, slope: torch.Tensor) -> None:
        given = hidden.to(slope.dtype)
        out = value(given)
        by_input = derivative(given, out)  # before `given`, which may be `hidden`, is written over
        hidden.copy_(out * slope)
        slope.mul_(by_input)

    return Activation(value, train)


def _tanh(given: torch.Tensor) -> torch.Tensor:
    return torch.tanh(given)


def _sigmoid(given: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(-given))


def _gelu(given: torch.Tensor) -> torch.Tensor:
    return given * (1 + torch.erf(given / ROOT_2)) / 2


def _gelu_derivative(given: torch.Tensor, out: torch.Tensor) -> torch.Tensor:
    del out
    return (1 + torch.erf(given / ROOT_2)) / 2 + given * torch.exp(-given * given / 2) / ROOT_2_PI


RELU = Activation(_rectified, _relu)
ACTIVATIONS = {
    "relu": RELU,
    "tanh": _smooth(_tanh, lambda given, out: 1 - out * out),
    "sigmoid": _smooth(_sigmoid, lambda given, out: out * (1 - out)),
    "gelu": _smooth(_gelu, _gelu_derivative),
}
