"""Gradient clipping: a gradient whose norm is above a limit is scaled back to it."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.record import Draw, Regulariser, Weights


def clip(draw: Draw, limit: torch.Tensor, layers: list[Weights]) -> None:
    """Scale the gradient of each network by min(1, limit / (norm + 1e-6)), weights and biases together."""
    del draw
    for index, most in enumerate(limit):
        gradients = [layer.gradient[index] for layer in layers]
        norms = torch.stack([torch.linalg.vector_norm(each) for each in gradients])
        factor = (most.to(norms.dtype) / (torch.linalg.vector_norm(norms) + 1e-6)).clamp(max=1)
        for each in gradients:
            each.mul_(factor)


GRADIENT_CLIPPING = Regulariser(
    name="gradient_clipping",
    definition="gradient' = gradient * min(1, c / (norm + 1e-6)), norm over all weights and biases of the network; "
    "before weight decay and every other penalty",
    source="Pascanu et al. 2013, ICML, 1310-1318",
    null=float("inf"),
    low=0.0,
    high=float("inf"),
    typical=0.1,
    each="network",
    reference="torch.nn.utils.clip_grad_norm_",
    gradient=clip,
)
