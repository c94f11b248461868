"""The book's experiment as plainly as PyTorch allows: the oracle for the engine, and the baseline for its speed.

One network at a time, ``nn.Module``, autograd, ``torch.optim.SGD``, and a ``DataLoader`` over torchvision's data set,
as in the dropout chapter of *Dive into Deep Learning*. Nothing here is used by the engine.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL.Image import Image
from torch import Tensor, nn

from bench.data.torchvision_import import torchvision_module

Batches = Iterable[tuple[Tensor, Tensor]]
"""Batches of images `[B, 1, 28, 28]`, pixels in [0, 1], and labels `[B]`."""


def dropout_layer(activations: Tensor, rate: float) -> Tensor:
    """Zero each element with probability `rate` and scale the rest: the layer that the book writes from scratch."""
    if not 0 <= rate <= 1:
        raise ValueError(f"rate {rate} was given; a number from 0 to 1 is expected")
    if rate == 1:
        return torch.zeros_like(activations)
    if rate == 0:
        return activations
    mask = (torch.rand(activations.shape, device=activations.device) > rate).to(activations.dtype)
    return mask * activations / (1 - rate)


class BookDropout(nn.Module):
    """The book's own dropout as a module; the same in distribution as ``nn.Dropout``."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, activations: Tensor) -> Tensor:
        """Drop in training mode only."""
        return dropout_layer(activations, self.rate) if self.training else activations


class BookMLP(nn.Module):
    """Linear, ReLU, dropout for each hidden layer, then a linear output."""

    def __init__(self, sizes: Sequence[int], dropouts: Sequence[nn.Module]) -> None:
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(i, o) for i, o in itertools.pairwise(sizes))
        self.dropouts = nn.ModuleList(dropouts)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits `[B, classes]` of `images` `[B, ...]`."""
        hidden = images.flatten(start_dim=1)
        *hidden_linears, output = self.linears
        for linear, dropout in zip(hidden_linears, self.dropouts, strict=True):
            hidden = dropout(linear(hidden).relu())
        return output(hidden)


@dataclass(frozen=True)
class Epoch:
    """What the book plots: loss in nats per sample and accuracies as fractions."""

    train_loss: float
    train_accuracy: float
    """Running: averaged over the epoch while training, dropout on."""
    test_accuracy: float


def load_batches(root: Path, batch_size: int) -> tuple[Batches, Batches]:
    """Return reshuffled training batches and test batches of Fashion-MNIST, read as the book reads them."""
    data_set = torchvision_module("datasets").FashionMNIST
    loaders = [
        torch.utils.data.DataLoader(
            data_set(str(root), train=train, transform=to_tensor), batch_size=batch_size, shuffle=train
        )
        for train in (True, False)
    ]
    return loaders[0], loaders[1]


def train(
    net: nn.Module,
    batches: tuple[Batches, Batches],
    epochs: int,
    learning_rate: float,
    after_step: Callable[[], None] = lambda: None,
) -> list[Epoch]:
    """Train `net` in place by plain SGD on (training, test) `batches`; return what the book plots, by epoch."""
    optimiser = torch.optim.SGD(net.parameters(), lr=learning_rate)
    mean_loss = nn.CrossEntropyLoss()
    history = []
    for _ in range(epochs):
        net.train()
        loss_sum = correct = seen = 0.0
        for images, labels in batches[0]:
            logits = net(images)
            loss = mean_loss(logits, labels)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            loss_sum += loss.item() * len(labels)
            correct += (logits.argmax(dim=1) == labels).sum().item()
            seen += len(labels)
            after_step()
        history.append(Epoch(loss_sum / seen, correct / seen, accuracy(net, batches[1])))
    return history


@torch.no_grad()
def accuracy(net: nn.Module, batches: Batches) -> float:
    """Return the share of images that `net` classifies rightly in evaluation mode."""
    net.eval()
    hits = [net(images).argmax(dim=1) == labels for images, labels in batches]
    return torch.cat(hits).double().mean().item()


def to_tensor(image: Image) -> Tensor:
    """Return a grey PIL image as float `[1, H, W]` in [0, 1], as torchvision's ToTensor does."""
    return torchvision_module("transforms.functional").to_tensor(image)
