"""Sharpness-aware minimisation: the gradient is taken where the loss rises most, a step of length rho away."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.record import Draw, Regulariser, Weights


def climb(draw: Draw, radius: torch.Tensor, layers: list[Weights]) -> None:
    """Turn the gradient into the step up: rho times it over its norm, over weights and biases of the network."""
    del draw
    for index, rho in enumerate(radius):
        gradients = [layer.gradient[index] for layer in layers]
        norms = torch.stack([torch.linalg.vector_norm(each) for each in gradients])
        factor = rho.to(norms.dtype) / (torch.linalg.vector_norm(norms) + 1e-12)
        for each in gradients:
            each.mul_(factor)


SAM = Regulariser(
    name="sam",
    definition="the gradient is that of the same batch, and the same noise, at w + rho * g / (|g| + 1e-12), g the "
    "gradient at w and |g| its norm over all weights and biases (not gains and shifts of a "
    "normalisation); reported losses are at w",
    source="Foret et al. 2021, ICLR",
    null=0.0,
    low=0.0,
    high=float("inf"),
    typical=0.05,
    each="network",
    reference="autograd at the perturbed weights",
    climb=climb,
)
