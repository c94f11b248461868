"""Shift: each image is moved by whole pixels, and what it leaves is 0."""

from __future__ import annotations

from bench.base import draws
from bench.base.torch_on_use import torch
from bench.regularisers.record import Draw, Regulariser


def move(draw: Draw, most: torch.Tensor, inputs: torch.Tensor) -> None:
    """Take each pixel from up to `most` rows and columns away."""
    (height, width), rows = draw.image, inputs.shape[1]
    uniform = torch.from_numpy(draws.uniforms(draw.seed, "shift", draw.at, 2 * rows)).reshape(2, rows, 1)
    for network, pixels in zip(inputs, most.tolist(), strict=True):
        by_row, by_column = ((uniform * (2 * pixels + 1)).floor() - pixels).long().to(inputs.device)
        row = torch.arange(height, device=inputs.device) + by_row
        column = torch.arange(width, device=inputs.device) + by_column
        inside = ((row >= 0) & (row < height))[:, :, None] & ((column >= 0) & (column < width))[:, None]
        source = row.clamp(0, height - 1)[:, :, None] * width + column.clamp(0, width - 1)[:, None]
        network.copy_(torch.where(inside.flatten(1), network.gather(1, source.flatten(1)), 0.0))


SHIFT = Regulariser(
    name="shift",
    definition="each image is moved by up to s pixels up or down, and left or right, all equally likely; zeros "
    "come in: a random crop after padding by s",
    source="He et al. 2016, CVPR, 770-778, section 4.2",
    null=0.0,
    low=0.0,
    high=1000.0,
    typical=2.0,
    each="network",
    whole=True,
    of_images=True,
    reference="torchvision.transforms.v2.functional.pad and crop, as RandomCrop(padding=s)",
    inputs=move,
)
