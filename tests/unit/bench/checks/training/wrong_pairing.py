"""Trainings whose numbers depend on what they must not, or do not on what they must."""

from __future__ import annotations

import os
import time

import numpy as np
import torch
from loops import data, made, network, ordinary, result, shuffled, step
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

MADE_AT_IMPORT = network(0.5)


def seeded_as_everybody_does(trial):
    torch.manual_seed(trial.seed)
    model = network(trial.settings.get("dropout", 0.5))
    train_x, train_y, _, _ = data()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(trial.settings.get("epochs", 3)):
        for inputs, labels in DataLoader(TensorDataset(train_x, train_y), 40, shuffle=True):
            step(model, optimiser, inputs, labels)
        trial.epoch()
    return result(trial, model)


def order_from_the_masks(trial):
    model = made(trial)
    train_x, train_y, _, _ = data()
    batches = DataLoader(TensorDataset(train_x, train_y), 40, shuffle=True)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    with trial.random("order"):
        for _ in range(trial.settings.get("epochs", 3)):
            for inputs, labels in batches:
                step(model, optimiser, inputs, labels)
            trial.epoch()
    return result(trial, model)


def masks_beside_weights(trial):
    """Nothing sets the generator that dropout draws from: it goes on where the weights left it."""
    train_x, train_y, _, _ = data()
    model = network(trial.settings.get("dropout", 0.5))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(trial.settings.get("epochs", 3)):
        for batch in shuffled(trial, epoch):
            step(model, optimiser, train_x[batch], train_y[batch])
        trial.epoch()
    return result(trial, model)


def weights_after_a_draw(trial):
    rate = trial.settings.get("dropout", 0.5)
    with trial.random("init"):
        if rate:
            torch.rand(1)
        model = network(rate)
    return ordinary(trial, model)


def weights_of_the_condition(trial):
    rate = trial.settings.get("dropout", 0.5)
    torch.manual_seed(trial.seed + int(rate * 100))
    return ordinary(trial, network(rate))


def seed_set_too_late(trial):
    model = network(trial.settings.get("dropout", 0.5))
    torch.manual_seed(trial.seeds.init)
    return ordinary(trial, model)


def weights_of_the_import(trial):
    model = MADE_AT_IMPORT
    model[3].p = trial.settings.get("dropout", 0.5)
    return ordinary(trial, model)


def seed_unused(trial):
    torch.manual_seed(42)
    train_x, train_y, _, _ = data()
    model = network(trial.settings.get("dropout", 0.5))
    order = torch.Generator().manual_seed(1)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(trial.settings.get("epochs", 3)):
        for batch in torch.randperm(240, generator=order).split(40):
            step(model, optimiser, train_x[batch], train_y[batch])
        trial.epoch()
    return result(trial, model)


def data_seed_unused(trial):
    trial.settings.get("data_seed", 3)
    return ordinary(trial, made(trial))


def order_of_a_fixed_seed(trial):
    order = torch.Generator().manual_seed(0)
    return ordinary(trial, made(trial), lambda trial, epoch: torch.randperm(240, generator=order).split(40))


def not_shuffled(trial):
    return ordinary(trial, made(trial), lambda trial, epoch: torch.arange(240).split(40))


def order_of_the_trial_seed(trial):
    order = np.random.default_rng(trial.seed)
    return ordinary(trial, made(trial), lambda trial, epoch: np.array_split(order.permutation(240), 6))


def order_without_a_seed(trial):
    order = np.random.default_rng()
    return ordinary(trial, made(trial), lambda trial, epoch: np.array_split(order.permutation(240), 6))


def noise_of_the_clock(trial):
    def after(epoch):
        with torch.no_grad():
            model[0].bias += 1e-4 * (time.perf_counter() % 1)

    model = made(trial)
    return ordinary(trial, model, after=after)


def masks_without_a_seed(trial):
    class Dropout(nn.Module):
        def forward(self, inputs):
            if not self.training:
                return inputs
            drawn = np.frombuffer(os.urandom(inputs.numel()), np.uint8).reshape(inputs.shape)
            return inputs * torch.tensor(drawn >= 128) * 2

    model = made(trial)
    model[3] = Dropout()
    return ordinary(trial, model)


def masks_of_a_fixed_seed(trial):
    class Dropout(nn.Module):
        drawn = torch.Generator().manual_seed(5)

        def forward(self, inputs):
            if not self.training:
                return inputs
            return inputs * (torch.rand(inputs.shape, generator=self.drawn) > 0.5) * 2

    model = made(trial)
    if trial.settings.get("dropout", 0.5):
        model[3] = Dropout()
    torch.manual_seed(0)
    train_x, train_y, _, _ = data()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(trial.settings.get("epochs", 3)):
        for batch in shuffled(trial, epoch):
            step(model, optimiser, train_x[batch], train_y[batch])
            torch.nn.functional.dropout(torch.ones(3))
        trial.epoch()
    return result(trial, model)


def order_of_a_set(trial):
    names = list({f"example {index}" for index in range(240)})
    rank = torch.tensor([int(name.split()[1]) for name in names])
    return ordinary(trial, made(trial), lambda trial, epoch: [rank[each] for each in shuffled(trial, epoch)])


class NoisyExamples(Dataset):
    def __init__(self):
        self.inputs, self.labels, _, _ = data()

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return self.inputs[index] + 0.1 * torch.randn(12), self.labels[index]


def of_loader(trial, batches):
    model = made(trial)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(trial.settings.get("epochs", 3)):
        with trial.random("mask", epoch):
            for inputs, labels in batches:
                step(model, optimiser, inputs, labels)
        trial.epoch()
    return result(trial, model)


def noise_of_the_workers(trial):
    order = trial.generator("order")
    return of_loader(trial, DataLoader(NoisyExamples(), 40, shuffle=True, generator=order, num_workers=2))


class Stream(torch.utils.data.IterableDataset):
    """Each worker reads every second example, in blocks: the batches depend on how many there are."""

    def __init__(self, trial):
        self.inputs, self.labels, _, _ = data()
        self.order = trial.generator("order")

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        first, jump = (0, 1) if worker is None else (worker.id, worker.num_workers)
        for index in torch.randperm(240, generator=self.order)[first::jump]:
            yield self.inputs[index], self.labels[index]


def order_of_the_workers(trial):
    return of_loader(trial, DataLoader(Stream(trial), 40, num_workers=2))


WRONG = {
    seeded_as_everybody_does: ("shared-order", "give it `generator=trial.generator('order')`"),
    order_from_the_masks: ("shared-order", "from epoch 2 on"),
    masks_beside_weights: ("stream-init", "moves the masks"),
    weights_after_a_draw: ("shared-init", "draw nothing but weights"),
    weights_of_the_condition: ("shared-init", "initial weights differ"),
    seed_set_too_late: ("ambient-state", "the seed is set after the weights were drawn"),
    weights_of_the_import: ("stream-init", "before a seed is set"),
    seed_unused: ("seed-used", "the seed is not used"),
    data_seed_unused: ("settings-read", "data_seed has no effect"),
    order_of_a_fixed_seed: ("stream-order", "from a seed of their own"),
    not_shuffled: ("stream-order", "not shuffled"),
    order_of_the_trial_seed: ("stream-order", "it is made from trial.seed"),
    order_without_a_seed: ("repeatable", "the batch order differs"),
    noise_of_the_clock: ("repeatable", "reads a clock"),
    masks_without_a_seed: ("repeatable", "a generator without a seed"),
    masks_of_a_fixed_seed: ("stream-mask", "whatever the stream 'mask' is"),
    order_of_a_set: ("hash-seed", "goes through a set"),
    noise_of_the_workers: ("loader-workers", "each worker seeds for itself"),
    order_of_the_workers: ("loader-workers", "the batch order differs"),
}
