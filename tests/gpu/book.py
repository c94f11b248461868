"""What is trained: the book's networks on Fashion-MNIST, or on the sample that ships, repeated."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, replace

import torch

from bench.data import DATA_SETS, data_root
from bench.data.split import Split, make_split
from bench.record.trials import FUSED, Condition, Recipe, Seeds, Trial
from tests.gpu.note import SkipError

PRECISIONS = ("tf32", "bfloat16", "float32")
"""The first matter most: what time there is goes to them."""
RATES = ((0.2, 0.5), (0.0, 0.0), (0.5, 0.2), (0.1, 0.1), (0.3, 0.3), (0.5, 0.5))
"""Of the conditions of each seed; the book's first."""
WHOLE, SAMPLE = "fashion_mnist", "fashion_mnist_sample"


@dataclass(frozen=True)
class Setting:
    """How large everything is."""

    hidden: tuple[int, ...]
    train_size: int
    batch_size: int
    pixels: int = 784
    """How many of an image are seen, from its middle."""

    def recipe(self, epochs: int = 10) -> Recipe:
        """Return the recipe with the book's initial weights and learning rate."""
        return Recipe(WHOLE, self.train_size, 0, self.hidden, "default", epochs, self.batch_size, 0.5)


BOOK = Setting(hidden=(256, 256), train_size=60_000, batch_size=256)
TINY = Setting(hidden=(32, 16), train_size=40, batch_size=16, pixels=32)


def setting(rehearsal: bool) -> Setting:
    """Return the book's setting; in a rehearsal one that an interpreter gets through."""
    return TINY if rehearsal else BOOK


def data_name() -> str:
    """Return the data set that is here."""
    return SAMPLE if DATA_SETS[WHOLE].missing(data_root()) else WHOLE


def split(setting: Setting, device: str, size: int | None = None, test_size: int | None = None) -> Split:
    """Return the setting's images, or `size` of them: Fashion-MNIST, or the sample as often as need be."""
    size = size or setting.train_size
    images = DATA_SETS[data_name()].load(data_root())
    places = torch.arange(size).numpy() % len(images.train_images)
    first = (784 - setting.pixels) // 2
    seen = slice(first, first + setting.pixels)
    repeated = replace(
        images,
        train_images=images.train_images.reshape(-1, 784)[places, seen],
        train_labels=images.train_labels[places],
        test_images=images.test_images.reshape(-1, 784)[:test_size, seen],
        test_labels=images.test_labels[:test_size],
    )
    return make_split(repeated, size, 0).to(torch.device(device))


def trials(count: int, precision: str, device: str, recipe: Recipe) -> list[Trial]:
    """Return `count` trials for the fused engine: every condition of a seed, then of the next."""
    conditions = [Condition("/".join(map(str, rates)), (("dropout", rates),)) for rates in RATES]
    many = []
    for place in range(count):
        seed, which = divmod(place, len(RATES))
        seeds = Seeds(seed, seed + 1000, seed + 2000)
        many.append(
            Trial("gpu", conditions[which], seed, seeds, recipe, device, "", "", precision=precision, engine=FUSED)
        )
    return many


def need_triton() -> None:
    """Raise SkipError where there are no kernels."""
    if importlib.util.find_spec("triton") is None:
        raise SkipError("Triton is not installed: the fused engine has no kernels here")
