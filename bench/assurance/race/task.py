"""What every contestant trains: the book's perceptron on the same images. Imports no library that takes part."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Train = Callable[[], list[float]]
"""Train every trial of the process for one more epoch; return each one's running loss, nats per sample. Only of the
trials that do the task: a study's stack has other rates too."""

IMAGES, LABELS = "images.npy", "labels.npy"


@dataclass(frozen=True)
class Task:
    """Plain SGD on the mean loss over a batch, reshuffled each epoch, fresh masks each batch."""

    data: str
    sizes: tuple[int, ...]
    """Widths of the layers, inputs and classes included."""
    dropout: tuple[float, ...]
    """Rate after each hidden layer."""
    train_size: int
    batch_size: int
    learning_rate: float

    @property
    def steps(self) -> int:
        """Batches an epoch, the last one smaller where the sizes say so."""
        return -(-self.train_size // self.batch_size)


@dataclass(frozen=True)
class Share:
    """What one process of a contestant is given: how many trials, of which seeds on, with how many threads."""

    trials: int
    seed: int
    threads: int
    folder: Path
    """Holds the images `[N, I]`, float32 in [0, 1], the labels `[N]`, int64, and the files as published."""

    def images(self) -> np.ndarray:
        """Return the training images, float32 `[N, I]`."""
        return np.load(self.folder / IMAGES)

    def labels(self) -> np.ndarray:
        """Return the training labels, int64 `[N]`."""
        return np.load(self.folder / LABELS)


def initial_weights(sizes: tuple[int, ...], seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (weight `[I, O]`, bias `[O]`), float32, of each layer: torch.nn.Linear's U(-1/sqrt(I), 1/sqrt(I))."""
    generator = np.random.default_rng(seed)

    def uniform(*shape: int, inputs: int) -> np.ndarray:
        return (generator.uniform(-1, 1, shape) / np.sqrt(inputs)).astype(np.float32)

    return [(uniform(i, o, inputs=i), uniform(o, inputs=i)) for i, o in itertools.pairwise(sizes)]
