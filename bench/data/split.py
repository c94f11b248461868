"""Images and labels, split into training, validation and test sets."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from bench.data.images import Images
from bench.data.labels import by_class, with_noise
from bench.data.pixels import numbers


@dataclass(frozen=True)
class Split:
    """What a trial sees: flat images `[N, I]`, as bytes or as the numbers that are trained on, and int64 labels `[N]`.

    `numbers` makes either what is trained on: a byte is a number of 255ths.
    """

    train_images: torch.Tensor
    train_labels: torch.Tensor
    validation_images: torch.Tensor
    validation_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    classes: int

    @property
    def dtype(self) -> torch.dtype:
        """The format of the numbers that are trained on."""
        return torch.float32 if self.train_images.dtype == torch.uint8 else self.train_images.dtype

    def to(self, device: torch.device) -> Split:
        """Return the same split on `device`."""
        moved = {name: value.to(device) for name, value in vars(self).items() if isinstance(value, torch.Tensor)}
        return replace(self, **moved)

    def as_numbers(self) -> Split:
        """Return the same split with all images as the numbers that are trained on."""
        names = ("train_images", "validation_images", "test_images")
        return replace(self, **{name: numbers(getattr(self, name)) for name in names})

    def part(self, name: str) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the images and labels of ``train``, ``validation`` or ``test``."""
        return getattr(self, f"{name}_images"), getattr(self, f"{name}_labels")


def make_split(
    images: Images,
    train_size: int,
    validation_size: int,
    dtype: torch.dtype = torch.float32,
    *,
    stratified: bool = False,
    label_noise: float = 0.0,
) -> Split:
    """Split `images`: the last `validation_size` training images validate, the first `train_size` train.

    Taking from the two ends keeps the validation set the same whatever the training size. `stratified` training images
    are as many of each class as can be; either way a smaller training set is part of a larger one. `label_noise` is
    the probability that a training label is another one; labels that are held out or tested on are never changed. No
    other scaling is done than of bytes, / 255. With `dtype` uint8 that is left to `numbers`: bytes stay as they are,
    not copied unless they must be, and other numbers become float32.
    """
    held_out = len(images.train_images) - validation_size
    labels = with_noise(images.train_labels[:held_out], images.classes, label_noise)
    rows = by_class(images.train_labels[:held_out])[:train_size] if stratified else slice(train_size)

    def pixels(array: np.ndarray) -> torch.Tensor:
        if dtype == torch.uint8 and array.dtype == np.uint8:
            return torch.from_numpy(array if array.flags.writeable else array.copy()).flatten(start_dim=1)
        floating = (
            torch.from_numpy(array.copy()).flatten(start_dim=1).to(torch.float32 if dtype == torch.uint8 else dtype)
        )
        return floating.div_(255) if array.dtype == np.uint8 else floating

    def classes(array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(array.astype(np.int64))

    return Split(
        train_images=pixels(images.train_images[rows]),
        train_labels=classes(labels[rows]),
        validation_images=pixels(images.train_images[held_out:]),
        validation_labels=classes(images.train_labels[held_out:]),
        test_images=pixels(images.test_images),
        test_labels=classes(images.test_labels),
        classes=images.classes,
    )
