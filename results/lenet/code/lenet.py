"""LeNet-5 (LeCun et al. 1998) on 3,000 images of Fashion-MNIST, with one regulariser or none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional

from bench.data import DATA_SETS, data_hash, data_root, fetch
from bench.data.split import make_split
from bench.data.torchvision_import import torchvision_module

if TYPE_CHECKING:
    from bench.engines.own.trial import Trial

ops = torchvision_module("ops")
NAME, TRAIN_SIZE = "fashion_mnist", 3_000
BLOCK = 3
"""Rows and columns of what DropBlock drops."""
fetch(NAME)
DATA = make_split(DATA_SETS[NAME].load(data_root()), TRAIN_SIZE, 0)
"""Loaded once: trials are forked from the process that has it."""


class LeNet(nn.Module):
    """LeNet-5 with ReLU and max pooling, and a residual layer before the output, which stochastic depth may skip."""

    def __init__(self, rates: dict[str, float]) -> None:
        super().__init__()
        self.rates = rates
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.hidden1, self.hidden2, self.residual = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 84)
        self.output = nn.Linear(84, 10)
        self.dropout, self.dropout2d = nn.Dropout(rates["dropout"]), nn.Dropout2d(rates["dropout2d"])

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits `[B, 10]` of flat images `[B, 784]`."""
        maps = images.view(-1, 1, 28, 28)
        for layer in (self.conv1, self.conv2):
            maps = functional.max_pool2d(torch.relu(layer(maps)), 2)
            maps = self.dropout2d(ops.drop_block2d(maps, self.rates["drop_block"], BLOCK, training=self.training))
        hidden = maps.flatten(1)
        for layer in (self.hidden1, self.hidden2):
            hidden = self.dropout(torch.relu(layer(hidden)))
        branch = torch.relu(self.residual(hidden))
        return self.output(hidden + ops.stochastic_depth(branch, self.rates["stochastic_depth"], "row", self.training))


def train(trial: Trial) -> dict[str, Any]:
    """Train by AdamW with a cosine schedule."""
    settings, images, labels = trial.settings, DATA.train_images, DATA.train_labels
    with trial.random("init"):
        model = LeNet({each: settings[each] for each in ("dropout", "dropout2d", "drop_block", "stochastic_depth")})
    optimiser = torch.optim.AdamW(model.parameters(), settings["learning_rate"], weight_decay=settings["weight_decay"])
    steps = settings["epochs"] * math.ceil(len(images) / settings["batch_size"])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    order = trial.generator("order")
    for epoch in range(settings["epochs"]):
        total = 0.0
        with trial.random("mask", epoch):
            for batch in torch.randperm(len(images), generator=order).split(settings["batch_size"]):
                loss = functional.cross_entropy(model(images[batch]), labels[batch])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                total += loss.item() * len(batch)
        trial.epoch(running_train_loss=total / len(images))
    return {
        "test_correct": trial.correct(model, DATA.test_images, DATA.test_labels),
        "train_correct": trial.correct(model, images, labels),
        "data_hash": data_hash(NAME, TRAIN_SIZE, 0),
    }
