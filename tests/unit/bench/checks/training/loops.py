"""What the wrong trainings are made of: data, a network, and a right loop in which one thing at a time goes wrong."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional


def data(train=240, test=100, features=12, classes=4):
    rng = np.random.default_rng(7)
    centres = rng.normal(0, 1, (classes, features))
    labels = rng.integers(0, classes, train + test)
    inputs = centres[labels] + rng.normal(0, 1.2, (train + test, features))
    inputs, labels = torch.tensor(inputs, dtype=torch.float32), torch.tensor(labels)
    return inputs[:train], labels[:train], inputs[train:], labels[train:]


def network(rate, norm=False):
    layers = [nn.Linear(12, 16), nn.BatchNorm1d(16) if norm else nn.Identity(), nn.ReLU(), nn.Dropout(rate)]
    return nn.Sequential(*layers, nn.Linear(16, 4))


def made(trial, norm=False):
    with trial.random("init"):
        return network(trial.settings.get("dropout", 0.5), norm)


def shuffled(trial, epoch, size=240):
    return torch.randperm(size, generator=trial.generator("order", epoch)).split(40)


def step(model, optimiser, inputs, labels):
    optimiser.zero_grad()
    loss = functional.cross_entropy(model(inputs), labels)
    loss.backward()
    optimiser.step()
    return float(loss.detach())


def result(trial, model):
    _, _, test_x, test_y = data()
    return {"test_correct": trial.correct(model, test_x, test_y)}


def predicted(model, inputs, labels):
    with torch.no_grad():
        return model(inputs).argmax(1) == labels


def ordinary(trial, model, batches=shuffled, learning_rate=0.1, after=lambda epoch: None):
    """Train as is right."""
    train_x, train_y, _, _ = data()
    optimiser = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for epoch in range(trial.settings.get("epochs", 3)):
        with trial.random("mask", epoch):
            for batch in batches(trial, epoch):
                loss = step(model, optimiser, train_x[batch], train_y[batch])
        after(epoch)
        trial.epoch(loss=loss)
    return result(trial, model)
