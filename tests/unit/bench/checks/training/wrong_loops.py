"""Trainings with a fault in the loop: the same numbers in each epoch, settings without effect, what is not restored."""

from __future__ import annotations

import numpy as np
import torch
from loops import data, made, network, ordinary, result, shuffled, step
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset


def same_order_each_epoch(trial):
    return ordinary(trial, made(trial), lambda trial, epoch: shuffled(trial, 0))


def same_masks_each_epoch(trial):
    train_x, train_y, _, _ = data()
    model = made(trial)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(trial.settings.get("epochs", 3)):
        with trial.random("mask"):
            for batch in shuffled(trial, epoch):
                step(model, optimiser, train_x[batch], train_y[batch])
        trial.epoch()
    return result(trial, model)


def same_masks_each_step(trial):
    train_x, train_y, _, _ = data()
    model = made(trial)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(trial.settings.get("epochs", 3)):
        for batch in shuffled(trial, epoch):
            torch.manual_seed(trial.seeds.mask)
            step(model, optimiser, train_x[batch], train_y[batch])
        trial.epoch()
    return result(trial, model)


def same_augmentation_each_epoch(trial):
    train_x, train_y, _, _ = data()
    model = made(trial)
    with trial.random("augment"):
        train_x = train_x + 0.3 * torch.randn_like(train_x)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(trial.settings.get("epochs", 3)):
        with trial.random("mask", epoch):
            for batch in shuffled(trial, epoch):
                step(model, optimiser, train_x[batch], train_y[batch])
        trial.epoch()
    return result(trial, model)


def augmentation_that_begins_anew(trial):
    train_x, train_y, _, _ = data()
    model = made(trial)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(trial.settings.get("epochs", 3)):
        noise = trial.generator("augment")
        with trial.random("mask", epoch):
            for batch in shuffled(trial, epoch):
                inputs = train_x[batch] + 0.3 * torch.randn(len(batch), 12, generator=noise)
                step(model, optimiser, inputs, train_y[batch])
        trial.epoch()
    return result(trial, model)


class SeededExamples(Dataset):
    def __init__(self):
        self.inputs, self.labels, _, _ = data()

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return self.inputs[index] + torch.tensor(0.1 * np.random.normal(size=12), dtype=torch.float32), self.labels[
            index
        ]


def seeded_alike(worker):
    np.random.seed(worker)


def augmentation_of_seeded_workers(trial):
    """The examples are not shuffled, so that each has the noise of its place."""
    model = made(trial)
    batches = DataLoader(SeededExamples(), 40, num_workers=2, worker_init_fn=seeded_alike)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(trial.settings.get("epochs", 3)):
        with trial.random("mask", epoch):
            for inputs, labels in batches:
                step(model, optimiser, inputs, labels)
        trial.epoch()
    return result(trial, model)


def setting_never_read(trial):
    return ordinary(trial, made(trial))


setting_never_read.settings = {"dropout": 0.5, "weight_decay": 0.1, "epochs": 2}


def setting_without_effect(trial):
    settings = dict(trial.settings)
    rate = settings["dropout"]
    assert 0 <= rate < 1
    with trial.random("init"):
        model = network(0.5)
    return ordinary(trial, model)


setting_without_effect.settings = {"dropout": 0.5, "epochs": 2}


def gradients_never_cleared(trial):
    train_x, train_y, _, _ = data()
    model = made(trial)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
    for epoch in range(trial.settings.get("epochs", 3)):
        with trial.random("mask", epoch):
            for batch in shuffled(trial, epoch):
                functional.cross_entropy(model(train_x[batch]), train_y[batch]).backward()
                optimiser.step()
        trial.epoch()
    return result(trial, model)


def layer_not_trained(trial):
    train_x, train_y, _, _ = data()
    model = made(trial)
    optimiser = torch.optim.SGD(model[4].parameters(), lr=0.1)
    for epoch in range(trial.settings.get("epochs", 3)):
        with trial.random("mask", epoch):
            for batch in shuffled(trial, epoch):
                step(model, optimiser, train_x[batch], train_y[batch])
        trial.epoch()
    return result(trial, model)


def that_saves(order=None, parts=lambda model, optimiser: [model, optimiser], ahead=1):
    def train(trial):
        train_x, train_y, _, _ = data()
        model = made(trial)
        optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
        first, batches = 0, order(trial) if order else shuffled
        if (state := trial.restored()) is not None:
            for part, kept in zip(parts(model, optimiser), state["parts"], strict=True):
                part.load_state_dict(kept)
            first = state["epoch"] + ahead
        for epoch in range(first, trial.settings.get("epochs", 3)):
            with trial.random("mask", epoch):
                for batch in batches(trial, epoch):
                    loss = step(model, optimiser, train_x[batch], train_y[batch])
            trial.epoch(loss=loss)
            trial.save({"parts": [each.state_dict() for each in parts(model, optimiser)], "epoch": epoch})
        return result(trial, model)

    return train


def one_generator(trial):
    order = torch.Generator().manual_seed(trial.seeds.order)
    return lambda trial, epoch: torch.randperm(240, generator=order).split(40)


order_not_restored = that_saves(one_generator)
optimiser_not_restored = that_saves(parts=lambda model, optimiser: [model])
weights_not_restored = that_saves(parts=lambda model, optimiser: [])


def saved_and_never_restored(trial):
    model = made(trial)
    return ordinary(trial, model, after=lambda epoch: trial.save(model.state_dict()))


WRONG = {
    same_order_each_epoch: ("order-fresh", "the batch order is the same in each epoch"),
    same_masks_each_epoch: ("masks-fresh", "give the epoch"),
    same_masks_each_step: ("masks-fresh", "seeded again"),
    same_augmentation_each_epoch: ("augmentation-fresh", "the augmentation is the same in each epoch"),
    augmentation_that_begins_anew: ("augmentation-fresh", "the stream 'augment' begins again"),
    augmentation_of_seeded_workers: ("augmentation-fresh", "workers of a loader that are seeded alike"),
    setting_never_read: ("settings-read", "weight_decay is never read"),
    setting_without_effect: ("settings-read", "dropout has no effect"),
    gradients_never_cleared: ("gradients-cleared", "call optimiser.zero_grad()"),
    layer_not_trained: ("all-trained", "0.weight, 0.bias"),
    order_not_restored: ("resume", "the batches differ"),
    optimiser_not_restored: ("resume", "save and restore the optimiser"),
    weights_not_restored: ("resume", "save and restore the weights"),
    saved_and_never_restored: ("resume", "call `state = trial.restored()`"),
}
