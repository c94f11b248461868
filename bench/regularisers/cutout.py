"""Cutout: a square of each image is 0."""

from __future__ import annotations

from bench.base import draws
from bench.base.torch_on_use import torch
from bench.regularisers.record import Draw, Regulariser


def cut(draw: Draw, side: torch.Tensor, inputs: torch.Tensor) -> None:
    """Put 0 into a square about a pixel of the image, all equally likely: it may reach beyond the edge."""
    (height, width), rows = draw.image, inputs.shape[1]
    uniform = torch.from_numpy(draws.uniforms(draw.seed, "cutout", draw.at, 2 * rows)).reshape(2, rows, 1)
    row, column = (uniform * torch.tensor([height, width])[:, None, None]).floor().to(inputs.device)
    for network, pixels in zip(inputs, side.tolist(), strict=True):
        top, left = row - pixels // 2, column - pixels // 2
        down, across = torch.arange(height, device=inputs.device), torch.arange(width, device=inputs.device)
        inside = ((down >= top) & (down < top + pixels))[:, :, None] & ((across >= left) & (across < left + pixels))[
            :, None
        ]
        network.masked_fill_(inside.flatten(1), 0.0)


CUTOUT = Regulariser(
    name="cutout",
    definition="pixels of a square of side s are 0; its centre is any pixel of the image, all equally likely, so "
    "it may reach beyond the edge",
    source="DeVries and Taylor 2017, arXiv 1708.04552",
    null=0.0,
    low=0.0,
    high=1000.0,
    typical=8.0,
    each="network",
    whole=True,
    of_images=True,
    reference="torchvision.transforms.v2.functional.erase",
    inputs=cut,
)
