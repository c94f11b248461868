"""Flip: an image is mirrored, left to right, with probability p."""

from __future__ import annotations

from bench.base import draws
from bench.base.torch_on_use import torch
from bench.regularisers.record import Draw, Regulariser


def mirror(draw: Draw, probability: torch.Tensor, inputs: torch.Tensor) -> None:
    """Mirror the images whose number is below the probability."""
    (height, width), rows = draw.image, inputs.shape[1]
    uniform = torch.from_numpy(draws.uniforms(draw.seed, "flip", draw.at, rows)).to(probability)
    mirrored = inputs.unflatten(2, (height, width)).flip(3).flatten(2)
    inputs.copy_(torch.where((uniform < probability[:, None])[:, :, None], mirrored, inputs))


FLIP = Regulariser(
    name="flip",
    definition="each image is mirrored, left to right, with probability p",
    source="Krizhevsky et al. 2012, NIPS 25, 1097-1105, section 4.1",
    null=0.0,
    low=0.0,
    high=1.0,
    typical=0.5,
    each="network",
    of_images=True,
    reference="torchvision.transforms.v2.functional.horizontal_flip, as RandomHorizontalFlip(p)",
    inputs=mirror,
)
