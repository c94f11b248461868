"""Batch and layer normalisation of what goes into an activation, with a gain and a shift for each unit.

torch's own kernels do the work, one network at a time: so no network can see what it is stacked with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from bench.base.torch_on_use import torch

EPSILON = 1e-5
MOMENTUM = 0.1
"""torch's defaults; `MOMENTUM` is that of a training step."""


class Normalisation(Protocol):
    """A normalisation of one hidden layer of every network."""

    parameters: torch.Tensor
    """`[K, 2, H]`: gains, then shifts."""
    gradient: torch.Tensor
    """Gradient of the loss with respect to them."""
    momentum: float
    """The weight of the next batch in the statistics that evaluation uses."""

    def forward(self, hidden: torch.Tensor) -> None:
        """Normalise `[K, B, H]` in place, in training mode."""
        ...

    def backward(self, error: torch.Tensor) -> None:
        """Turn d loss / d output of the last `forward` into d loss / d input, in place; write the gradient."""
        ...

    def evaluate(self, hidden: torch.Tensor) -> None:
        """Normalise `[K, B, H]` in place, in evaluation mode."""
        ...

    def forget(self) -> None:
        """Let the statistics that evaluation uses be those from before the first batch."""
        ...


class _Kept:
    """Gains, shifts, and what the backward pass needs of the forward one."""

    def __init__(self, like: torch.Tensor) -> None:
        """Make those of the outputs of a layer with the parameters `like`, `[K, I + 1, H]`."""
        networks, _, units = like.shape
        self.parameters = like.new_zeros((networks, 2, units))
        self.parameters[:, 0] = 1
        self.gradient = torch.zeros_like(self.parameters)
        self.momentum = MOMENTUM
        self.saved: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = []

    def forget(self) -> None:
        """There is nothing to forget."""

    def _in(self, hidden: torch.Tensor) -> list[torch.Tensor]:
        return [each.contiguous() for each in hidden.to(self.parameters.dtype)]


class LayerNormalisation(_Kept):
    """torch.nn.LayerNorm: over the units of an example (Ba et al. 2016)."""

    def forward(self, hidden: torch.Tensor) -> None:
        """Normalise, and keep what the gradient needs."""
        self.saved = []
        for network, (given, (gain, shift)) in enumerate(zip(self._in(hidden), self.parameters, strict=True)):
            out, mean, deviation = torch.native_layer_norm(given, gain.shape, gain, shift, EPSILON)
            self.saved.append((given, mean, deviation))
            hidden[network].copy_(out)

    def backward(self, error: torch.Tensor) -> None:
        """Go back through the last `forward`."""
        for network, (each, saved) in enumerate(zip(self._in(error), self.saved, strict=True)):
            gain, shift = self.parameters[network]
            given, mean, deviation = saved
            before, by_gain, by_shift = torch.ops.aten.native_layer_norm_backward(
                each, given, list(gain.shape), mean, deviation, gain, shift, [True, True, True]
            )
            error[network].copy_(before)
            self.gradient[network, 0], self.gradient[network, 1] = by_gain, by_shift

    def evaluate(self, hidden: torch.Tensor) -> None:
        """Normalise as in training."""
        for each, (gain, shift) in zip(hidden, self.parameters, strict=True):
            each.copy_(torch.layer_norm(each.contiguous(), gain.shape, gain, shift, EPSILON))


class BatchNormalisation(_Kept):
    """torch.nn.BatchNorm1d: over the examples of a batch, and in evaluation by running statistics (Ioffe 2015)."""

    def __init__(self, like: torch.Tensor) -> None:
        super().__init__(like)
        self.running = torch.empty_like(self.parameters)
        """`[K, 2, H]`: means, then variances."""
        self.forget()

    def forget(self) -> None:
        """Let the means be 0 and the variances 1."""
        self.running[:, 0], self.running[:, 1] = 0, 1

    def forward(self, hidden: torch.Tensor) -> None:
        """Normalise, move the running statistics, and keep what the gradient needs."""
        self.saved = []
        for network, given in enumerate(self._in(hidden)):
            (gain, shift), (mean, variance) = self.parameters[network], self.running[network]
            out, *batch = torch.native_batch_norm(given, gain, shift, mean, variance, True, self.momentum, EPSILON)
            self.saved.append((given, batch[0], batch[1]))
            hidden[network].copy_(out)

    def backward(self, error: torch.Tensor) -> None:
        """Go back through the last `forward`."""
        for network, (each, saved) in enumerate(zip(self._in(error), self.saved, strict=True)):
            (gain, _), (mean, variance), given = self.parameters[network], self.running[network], saved[0]
            before, by_gain, by_shift = torch.ops.aten.native_batch_norm_backward(
                each, given, gain, mean, variance, saved[1], saved[2], True, EPSILON, [True, True, True]
            )
            error[network].copy_(before)
            self.gradient[network, 0], self.gradient[network, 1] = by_gain, by_shift

    def evaluate(self, hidden: torch.Tensor) -> None:
        """Normalise by the running statistics."""
        for each, (gain, shift), (mean, variance) in zip(hidden, self.parameters, self.running, strict=True):
            out, *_ = torch.native_batch_norm(each.contiguous(), gain, shift, mean, variance, False, MOMENTUM, EPSILON)
            each.copy_(out)


NORMALISATIONS: dict[str, Callable[[torch.Tensor], Normalisation] | None] = {
    "none": None,
    "batch": BatchNormalisation,
    "layer": LayerNormalisation,
}
