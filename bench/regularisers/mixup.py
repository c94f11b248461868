"""Mixup: each example, and its target, is mixed with another one of the batch."""

from __future__ import annotations

from bench.base import draws
from bench.base.torch_on_use import torch
from bench.regularisers.record import Draw, Regulariser, per_network


def share(draw: Draw, alpha: torch.Tensor) -> torch.Tensor:
    """Return the share `[K]` of the example itself, Beta(alpha, alpha), from one uniform number for the batch."""
    from scipy.special import betaincinv  # noqa: PLC0415 - slow to import, and few studies need it

    (uniform,) = draws.uniforms(draw.seed, "mixup", draw.at, 1)
    found = torch.from_numpy(betaincinv(alpha.cpu().numpy(), alpha.cpu().numpy(), uniform)).to(alpha)
    return torch.where(alpha > 0, found, 1.0)


def mix(draw: Draw, alpha: torch.Tensor, batch: torch.Tensor) -> None:
    """Mix each row with the one before it, the first with the last."""
    for rows, own in zip(batch, per_network(share(draw, alpha), batch), strict=True):  # one network's stay in cache
        rows.copy_(rows * own[0] + rows.roll(1, 0) * (1 - own[0]))


MIXUP = Regulariser(
    name="mixup",
    definition="x' = m x + (1 - m) x_other, and targets alike; m ~ Beta(alpha, alpha), one for each batch; other: the "
    "example before it in the batch. Running loss and accuracy are those of the mixed images and the labels of x",
    source="Zhang et al. 2018, ICLR",
    null=0.0,
    low=0.0,
    high=1000.0,
    typical=0.4,
    each="network",
    reference="torchvision.transforms.v2.MixUp",
    inputs=mix,
    targets=mix,
)
