"""A trial of the reference arm: the plain module and its training loop, fed from memory. Its text is in its key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from bench.data.split import Split
from bench.engines.reference import BookMLP, accuracy, train
from bench.record.trials import Recipe

EVALUATION_ROWS = 1000


@dataclass(frozen=True)
class BatchesFromMemory:
    """Training or test images in batches, from memory; reshuffled by torch's own generator at every pass."""

    images: Tensor
    labels: Tensor
    batch_size: int
    shuffle: bool

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        count = len(self.images)
        order = torch.randperm(count) if self.shuffle else torch.arange(count)
        for rows in order.split(self.batch_size):
            yield self.images[rows], self.labels[rows]


def train_once(
    split: Split, recipe: Recipe, rates: tuple[float, ...], seed: int, dropout: type[nn.Module] = nn.Dropout
) -> dict[str, Any]:
    """Train the plain module as the book does; the seed decides weights, order and dropout.

    Returns losses in nats and accuracies as fractions by epoch, and the clean training accuracy at the end.
    """
    torch.manual_seed(seed)
    sizes = (split.train_images.shape[1], *recipe.hidden, split.classes)
    net = BookMLP(sizes, [dropout(rate) for rate in rates])
    batches = BatchesFromMemory(split.train_images, split.train_labels, recipe.batch_size, shuffle=True)
    tested = BatchesFromMemory(split.test_images, split.test_labels, EVALUATION_ROWS, shuffle=False)
    epochs = train(net, (batches, tested), recipe.epochs, recipe.learning_rate)
    clean = BatchesFromMemory(split.train_images, split.train_labels, EVALUATION_ROWS, shuffle=False)
    return {
        "running_train_loss": [epoch.train_loss for epoch in epochs],
        "running_train_accuracy": [epoch.train_accuracy for epoch in epochs],
        "test_accuracy": [epoch.test_accuracy for epoch in epochs],
        "train_accuracy": accuracy(net, clean),
    }
