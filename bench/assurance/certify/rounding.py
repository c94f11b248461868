"""How far rounding alone may carry a training: the plain module in float64 with random errors of the format's size.

Monte Carlo arithmetic (Parker 1997): every operand of every matrix product, forward and backward, is multiplied by
1 + e, e ~ U(-u, u), u the unit roundoff of the format. The sums, held in float32, err by U(-v, v) times the root mean
square of the result, v = sqrt(length) 2^-24, the usual growth of rounding in a sum; so do the weights at each step.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from bench.engines.reference import BookMLP

UNIT_ROUNDOFF = {"float64": 2.0**-53, "float32": 2.0**-24, "tf32": 2.0**-11, "float16": 2.0**-11, "bfloat16": 2.0**-8}
"""Half the distance from 1 to the next number: 53, 24, 11, 11 and 8 significant bits."""
ACCUMULATION = 2.0**-24
"""Unit roundoff of sums, weights and updates: float32, whatever the operands' format, but in float64."""
POOL = 1 << 22


@dataclass(frozen=True)
class Errors:
    """The size of the errors, and the generator that they come from."""

    operand: float
    sums: float
    generator: torch.Generator
    pool: Tensor
    """Uniform numbers in (-1, 1): errors are taken from it at random places, since drawing them again is slow."""

    def of(self, values: Tensor, size: float) -> Tensor:
        """Return uniform errors in (-size, size), of the shape of `values`."""
        start = int(torch.randint(len(self.pool) - values.numel(), (1,), generator=self.generator))
        return self.pool[start : start + values.numel()].view(values.shape) * size

    def operands(self, *values: Tensor) -> list[Tensor]:
        """Return each of `values` with relative errors."""
        return [value * (1 + self.of(value, self.operand)) for value in values]

    def product(self, left: Tensor, right: Tensor) -> Tensor:
        """Return left @ right, operands and sums in error."""
        exact = torch.matmul(*self.operands(left, right))
        return exact + self.of(exact, self.sums * left.shape[-1] ** 0.5) * exact.square().mean().sqrt()


def errors(precision: str, seed: int) -> Errors:
    """Return the errors of a precision."""
    unit, generator = UNIT_ROUNDOFF[precision], torch.Generator().manual_seed(seed)
    pool = 2 * torch.rand(POOL, generator=generator, dtype=torch.float64) - 1
    return Errors(unit, min(unit, ACCUMULATION), generator, pool)


class _ErringProduct(torch.autograd.Function):
    """Inputs `[B, I]` times weight `[O, I]`, in error forward and backward."""

    @staticmethod
    def forward(ctx, inputs: Tensor, weight: Tensor, sizes: Errors) -> Tensor:
        ctx.save_for_backward(inputs, weight)
        ctx.sizes = sizes
        return sizes.product(inputs, weight.T)

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[Tensor | None, Tensor, None]:
        inputs, weight = ctx.saved_tensors
        (gradient,) = gradients
        passed_on = ctx.sizes.product(gradient, weight) if ctx.needs_input_grad[0] else None
        return passed_on, ctx.sizes.product(gradient.T, inputs), None


class _ErringLinear(nn.Module):
    """A linear layer whose products err, and whose weights are rounded before each use in training."""

    def __init__(self, linear: nn.Linear, sizes: Errors) -> None:
        super().__init__()
        self.weight, self.bias, self.sizes = linear.weight, linear.bias, sizes

    def forward(self, inputs: Tensor) -> Tensor:
        """Multiply, in error."""
        if self.training:
            with torch.no_grad():
                for stored in (self.weight, self.bias):
                    stored.mul_(1 + self.sizes.of(stored, self.sizes.sums))
        return _ErringProduct.apply(inputs, self.weight, self.sizes) + self.bias


def err(net: BookMLP, sizes: Errors) -> None:
    """Make every product of the plain module err, in place."""
    for index, linear in enumerate(net.linears):
        assert isinstance(linear, nn.Linear)
        net.linears[index] = _ErringLinear(linear, sizes)
