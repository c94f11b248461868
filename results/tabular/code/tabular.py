"""A multilayer perceptron 18-64-64-7 on the image segments of the UCI repository, with one regulariser or none."""

from __future__ import annotations

import csv
import io
import math
import zipfile
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional

from bench.data import data_root, sources

if TYPE_CHECKING:
    from bench.engines.own.trial import Trial

PACKAGE, MEMBER = "river", "river/datasets/segment.csv.zip"
SHA256 = "91e4402efcb6f6a4087e4bcfcd074976dd8e48819d290f45bae6bd652bd16d75"
TRAIN_SIZE = 1_540
"""Of 2,310, in the order of the file, which is mixed."""


def read(archive: bytes) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the 18 features, scaled by mean and standard deviation of the training rows, and the classes."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        _, *rows = csv.reader(io.TextIOWrapper(files.open(files.namelist()[0])))
    names = sorted({row[-1] for row in rows})
    features = torch.tensor([[float(value) for value in row[:-1]] for row in rows])
    trained = features[:TRAIN_SIZE]
    return (features - trained.mean(0)) / trained.std(0), torch.tensor([names.index(row[-1]) for row in rows])


FEATURES, LABELS = read(
    sources.kept(data_root() / "segment.csv.zip", SHA256, lambda: sources.file_of_package(PACKAGE, MEMBER))
)
"""Loaded once: trials are forked from the process that has it."""


class GaussianNoise(nn.Module):
    """Normal noise of a standard deviation, added in training."""

    def __init__(self, deviation: float) -> None:
        super().__init__()
        self.deviation = deviation

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the units with noise."""
        return hidden + self.deviation * torch.randn_like(hidden) if self.training and self.deviation else hidden


def network(dropout: float, deviation: float) -> nn.Sequential:
    """Return the network, with noise after the activation of each hidden layer."""
    layers: list[nn.Module] = []
    for inputs in (FEATURES.shape[1], 64):
        layers += [nn.Linear(inputs, 64), nn.ReLU(), nn.Dropout(dropout), GaussianNoise(deviation)]
    return nn.Sequential(*layers, nn.Linear(64, 7))


def train(trial: Trial) -> dict[str, Any]:
    """Train by AdamW with a cosine schedule."""
    settings, features, labels = trial.settings, FEATURES[:TRAIN_SIZE], LABELS[:TRAIN_SIZE]
    with trial.random("init"):
        model = network(settings["dropout"], settings["gaussian_noise"])
    optimiser = torch.optim.AdamW(model.parameters(), settings["learning_rate"], weight_decay=settings["weight_decay"])
    steps = settings["epochs"] * math.ceil(len(features) / settings["batch_size"])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    order = trial.generator("order")
    for epoch in range(settings["epochs"]):
        total = 0.0
        with trial.random("mask", epoch):
            for batch in torch.randperm(len(features), generator=order).split(settings["batch_size"]):
                logits = model(features[batch])
                loss = functional.cross_entropy(logits, labels[batch], label_smoothing=settings["label_smoothing"])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                total += loss.item() * len(batch)
        trial.epoch(running_train_loss=total / len(features))
    return {
        "test_correct": trial.correct(model, FEATURES[TRAIN_SIZE:], LABELS[TRAIN_SIZE:]),
        "train_correct": trial.correct(model, features, labels),
        "data_hash": SHA256[:16],
    }
