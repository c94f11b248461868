"""Trainings that evaluate wrongly, or let evaluation change what follows."""

from __future__ import annotations

import torch
from loops import data, made, ordinary, predicted, result, shuffled, step
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset


class Functional(nn.Module):
    """Dropout by the functional form, which is always on."""

    def __init__(self, rate):
        super().__init__()
        self.first, self.last, self.rate = nn.Linear(12, 16), nn.Linear(16, 4), rate

    def forward(self, inputs):
        return self.last(functional.dropout(functional.relu(self.first(inputs)), self.rate))


class BuiltAnew(Functional):
    def forward(self, inputs):
        return self.last(nn.Dropout(self.rate)(functional.relu(self.first(inputs))))


class Noisy(Functional):
    def forward(self, inputs):
        hidden = functional.relu(self.first(inputs))
        return self.last(hidden * (1 + self.rate * torch.randn_like(hidden)))


def of_network(kind):
    def train(trial):
        with trial.random("init"):
            model = kind(trial.settings.get("dropout", 0.5))
        return ordinary(trial, model)

    return train


dropout_always_on = of_network(Functional)
dropout_built_anew = of_network(BuiltAnew)
noise_always_on = of_network(Noisy)


def evaluated_in_training_mode(trial):
    model = made(trial)
    ordinary(trial, model)
    _, _, test_x, test_y = data()
    with trial.random("mask", 1000):
        return {"test_correct": predicted(model, test_x, test_y)}


def statistics_moved_by_evaluation(trial):
    model = made(trial, norm=True)
    _, _, test_x, test_y = data()

    def after(epoch):
        with trial.random("mask", 1000 + epoch):
            predicted(model, test_x, test_y)

    return ordinary(trial, model, after=after)


def dropout_off_and_statistics_moved(trial):
    """Somebody switched dropout off by hand, and forgot batch normalisation."""
    model = made(trial, norm=True)
    _, _, test_x, test_y = data()

    def after(epoch):
        model[3].eval()
        predicted(model, test_x, test_y)
        model[3].train()

    return ordinary(trial, model, after=after)


def evaluation_mode_never_left(trial):
    model = made(trial)
    _, _, test_x, test_y = data()

    def after(epoch):
        model.eval()
        predicted(model, test_x, test_y)

    return ordinary(trial, model, after=after)


def trained_in_evaluation_mode(trial):
    model = made(trial)
    model.eval()
    return ordinary(trial, model)


def validation_moves_the_order(trial):
    train_x, train_y, test_x, test_y = data()
    model, order = made(trial), trial.generator("order")
    batches = DataLoader(TensorDataset(train_x, train_y), 40, shuffle=True, generator=order)
    tests = DataLoader(TensorDataset(test_x, test_y), 50, shuffle=True, generator=order)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(trial.settings.get("epochs", 3)):
        model.train()
        with trial.random("mask", epoch):
            for inputs, labels in batches:
                step(model, optimiser, inputs, labels)
        model.eval()
        right = [predicted(model, inputs, labels).float().mean() for inputs, labels in tests]
        trial.epoch(test_accuracy=sum(right) / len(right))
    return result(trial, model)


def validation_moves_the_global_generator(trial):
    train_x, train_y, test_x, test_y = data()
    model = made(trial)
    batches = DataLoader(TensorDataset(train_x, train_y), 40, shuffle=True)
    tests = DataLoader(TensorDataset(test_x, test_y), 50)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    with trial.random("order"):
        for epoch in range(trial.settings.get("epochs", 3)):
            model.train()
            whole = list(batches)
            with trial.random("mask", epoch):
                for inputs, labels in whole:
                    step(model, optimiser, inputs, labels)
            model.eval()
            for inputs, labels in tests:
                predicted(model, inputs, labels)
            trial.epoch()
    return result(trial, model)


def trained_on_the_test_set(trial):
    train_x, train_y, test_x, test_y = data()
    inputs, labels = torch.cat([train_x, test_x]), torch.cat([train_y, test_y])
    model = made(trial)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(trial.settings.get("epochs", 3)):
        with trial.random("mask", epoch):
            for batch in shuffled(trial, epoch, 340):
                step(model, optimiser, inputs[batch], labels[batch])
        trial.epoch()
    return result(trial, model)


def split_that_overlaps(trial):
    train_x, train_y, test_x, test_y = data()
    test_x, test_y = torch.cat([test_x[:80], train_x[:20]]), torch.cat([test_y[:80], train_y[:20]])
    model = made(trial)
    ordinary(trial, model)
    return {"test_correct": trial.correct(model, test_x, test_y)}


def test_set_in_another_order(trial):
    _, _, test_x, test_y = data()
    model = made(trial)
    ordinary(trial, model)
    with trial.random("mask", int(100 * trial.settings.get("dropout", 0.5))):
        order = torch.randperm(len(test_x))
    return {"test_correct": trial.correct(model, test_x[order], test_y[order])}


WRONG = {
    dropout_always_on: ("evaluation-deterministic", "F.dropout(x, p) is always on"),
    dropout_built_anew: ("dropout-built-anew", "Dropout is built again in each forward pass"),
    noise_always_on: ("evaluation-deterministic", "draws random numbers in evaluation mode too"),
    evaluated_in_training_mode: ("evaluation-mode", "evaluated in training mode, dropout on"),
    statistics_moved_by_evaluation: ("batch-statistics", "changes the network's running statistics"),
    dropout_off_and_statistics_moved: ("batch-statistics", "call model.eval() before"),
    evaluation_mode_never_left: ("evaluation-mode", "from epoch 2 on the network is trained with dropout"),
    trained_in_evaluation_mode: ("evaluation-mode", "the network is trained in evaluation mode"),
    validation_moves_the_order: ("evaluation-apart", "it draws from a loader's generator"),
    validation_moves_the_global_generator: ("evaluation-apart", "it draws from a global generator"),
    trained_on_the_test_set: ("test-unseen", "100% of the test examples"),
    split_that_overlaps: ("test-unseen", "20% of the test examples"),
    test_set_in_another_order: ("shared-test", "the test examples, or their order, differ"),
}
