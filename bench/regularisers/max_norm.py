"""Max-norm: the incoming weights of a unit are scaled back where their norm is above a limit."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.record import Regulariser, Weights, per_network


def limit(norm: torch.Tensor, learning_rate: float, layers: list[Weights]) -> None:
    """Scale the columns whose norm is above the limit to that norm."""
    del learning_rate
    most = per_network(norm, layers[0].weight)
    for layer in layers:
        for network, most_here in zip(layer.weight, most, strict=True):
            norms = torch.linalg.vector_norm(network, dim=0, keepdim=True)
            network.mul_(torch.where(norms > most_here, most_here / (norms + 1e-7), 1.0))


MAX_NORM = Regulariser(
    name="max_norm",
    definition="after each step, w' = w * c / (|w| + 1e-7) where |w| > c, w being the weights that lead into a unit",
    source="Srivastava et al. 2014, JMLR 15, 1929-1958, section 5.1",
    null=float("inf"),
    low=0.0,
    high=float("inf"),
    typical=0.5,
    each="network",
    reference="torch.renorm",
    after_step=limit,
)
