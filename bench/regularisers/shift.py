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
        border = min(int(pixels), max(height, width))  # further away all is zero
        padded = torch.nn.functional.pad(network.reshape(rows, height, width), (border,) * 4)
        line = width + 2 * border
        moved = ((uniform * (2 * pixels + 1)).floor() - pixels).long().clamp(-border, border).to(inputs.device) + border
        window = (torch.arange(height)[:, None] * line + torch.arange(width)).flatten().to(inputs.device)
        network.copy_(padded.flatten(1).gather(1, moved[0] * line + moved[1] + window))


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
