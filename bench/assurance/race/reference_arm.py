"""What a contestant's loss is compared with: the book's network, loop and dropout, fed from memory, in many runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from bench.assurance.race.task import Share, Task
from bench.engines.reference import BookDropout, BookMLP, train

NO_TEST = [(torch.zeros(1, 1, 28, 28), torch.zeros(1, dtype=torch.long))]
"""One blank image: the test accuracy that the book's loop takes after each epoch is no part of training."""


class Shuffled:
    """Batches of the images, in a new order whenever they are run through."""

    def __init__(self, images: Tensor, labels: Tensor, batch_size: int) -> None:
        self.images, self.labels, self.batch_size = images, labels, batch_size

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for rows in torch.randperm(len(self.images)).split(self.batch_size):
            yield self.images[rows], self.labels[rows]


def reference_losses(
    task: Task, rates: tuple[float, ...], folder: str, runs: int, epochs: int, device: str = "cpu"
) -> list[list[float]]:
    """Return the running loss `[run][epoch]`, nats per sample. Seeds differ by process: a lane's are its own."""
    share = Share(1, 0, 1, Path(folder))
    images, labels = torch.from_numpy(share.images()).to(device), torch.from_numpy(share.labels()).to(device)
    batches = Shuffled(images, labels, task.batch_size)
    no_test = [(images[:1], labels[:1])]
    losses = []
    for _ in range(runs):
        torch.seed()
        net = BookMLP(task.sizes, [BookDropout(rate) for rate in rates]).to(device)
        losses.append([epoch.train_loss for epoch in train(net, (batches, no_test), epochs, task.learning_rate)])
    return losses
