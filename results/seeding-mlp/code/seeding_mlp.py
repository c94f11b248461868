"""The study of seeding on 2,000 images of Fashion-MNIST: an MLP 784-128-10."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seeding import trained

from bench.data import DATA_SETS, data_hash, data_root, fetch
from bench.data.split import make_split

if TYPE_CHECKING:
    from bench.engines.own.trial import Trial

NAME, TRAIN_SIZE = "fashion_mnist", 2_000
fetch(NAME)
DATA = make_split(DATA_SETS[NAME].load(data_root()), TRAIN_SIZE, 0)
"""Loaded once: trials are forked from the process that has it."""


def train(trial: Trial) -> dict[str, Any]:
    """Train on the images."""
    found = trained(trial, (784, 128, 10), DATA.part("train"), DATA.part("test"))
    return found | {"data_hash": data_hash(NAME, TRAIN_SIZE, 0)}
