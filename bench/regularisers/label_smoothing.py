"""Label smoothing: a share of the target probability is spread evenly over the classes."""

from __future__ import annotations

from bench.base.torch_on_use import torch
from bench.regularisers.record import Draw, Regulariser, per_network


def smooth(draw: Draw, share: torch.Tensor, targets: torch.Tensor) -> None:
    """Mix the targets with equal probabilities."""
    del draw
    spread = per_network(share, targets)
    targets.mul_(1 - spread).add_(spread / targets.shape[2])


LABEL_SMOOTHING = Regulariser(
    name="label_smoothing",
    definition="targets' = (1 - s) * targets + s / classes",
    source="Szegedy et al. 2016, CVPR, 2818-2826, section 7",
    null=0.0,
    low=0.0,
    high=1.0,
    typical=0.1,
    each="network",
    reference="torch.nn.CrossEntropyLoss(label_smoothing)",
    targets=smooth,
)
