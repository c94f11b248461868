"""Right trainings, each a function of its own: none may break a law."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, TensorDataset


def data(train=240, test=100, features=12, classes=4):
    rng = np.random.default_rng(7)
    centres = rng.normal(0, 1, (classes, features))
    labels = rng.integers(0, classes, train + test)
    inputs = centres[labels] + rng.normal(0, 1.2, (train + test, features))
    inputs, labels = torch.tensor(inputs, dtype=torch.float32), torch.tensor(labels)
    return inputs[:train], labels[:train], inputs[train:], labels[train:]


def network(rate, norm=False, width=16):
    layers = [nn.Linear(12, width), nn.BatchNorm1d(width) if norm else nn.Identity(), nn.ReLU(), nn.Dropout(rate)]
    return nn.Sequential(*layers, nn.Linear(width, 4))


def plain(trial):
    train_x, train_y, test_x, test_y = data()
    with trial.random("init"):
        model = network(trial.settings.get("dropout", 0.5))
    optimiser = torch.optim.SGD(model.parameters(), lr=trial.settings.get("learning_rate", 0.1))
    for epoch in range(trial.settings.get("epochs", 4)):
        with trial.random("mask", epoch):
            for batch in torch.randperm(len(train_x), generator=trial.generator("order", epoch)).split(40):
                optimiser.zero_grad()
                functional.cross_entropy(model(train_x[batch]), train_y[batch]).backward()
                optimiser.step()
        trial.epoch(test_accuracy=trial.correct(model, test_x, test_y).float().mean())
    return {
        "test_correct": trial.correct(model, test_x, test_y),
        "train_correct": trial.correct(model, train_x, train_y),
    }


def loader(trial, workers=0):
    train_x, train_y, test_x, test_y = data()
    with trial.random("init"):
        model = network(trial.settings.get("dropout", 0.5), norm=True)
    batches = DataLoader(
        TensorDataset(train_x, train_y), 40, shuffle=True, generator=trial.generator("order"), num_workers=workers
    )
    tests = DataLoader(TensorDataset(test_x, test_y), 50)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(trial.settings.get("epochs", 3)):
        model.train()
        with trial.random("mask", epoch):
            for inputs, labels in batches:
                loss = functional.cross_entropy(model(inputs), labels)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        model.eval()
        with torch.no_grad():
            right = torch.cat([model(inputs).argmax(1) == labels for inputs, labels in tests])
        trial.epoch(test_accuracy=right.float().mean())
    return {"test_correct": right}


def loader_of_two_workers(trial):
    return loader(trial, workers=2)


class Noisy(Dataset):
    """Each example of each epoch has noise of its own, whichever process reads it."""

    def __init__(self, trial, inputs, labels):
        self.seed, self.inputs, self.labels, self.epoch = trial.seeds.mask, inputs, labels, 0

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        noise = np.random.default_rng([self.seed, self.epoch, index]).normal(0, 0.1, self.inputs.shape[1])
        return self.inputs[index] + torch.tensor(noise, dtype=torch.float32), self.labels[index]


def augmented(trial):
    train_x, train_y, test_x, test_y = data()
    with trial.random("init"):
        model = network(trial.settings.get("dropout", 0.3))
    examples = Noisy(trial, train_x, train_y)
    batches = DataLoader(examples, 40, shuffle=True, generator=trial.generator("order"), num_workers=2)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for epoch in range(trial.settings.get("epochs", 3)):
        examples.epoch = epoch
        with trial.random("mask", epoch):
            for inputs, labels in batches:
                loss = functional.cross_entropy(model(inputs), labels)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        trial.epoch()
    return {"test_correct": trial.correct(model, test_x, test_y)}


def augmented_in_the_loop(trial):
    train_x, train_y, test_x, test_y = data()
    with trial.random("init"):
        model = network(0.0)
    level = trial.settings.get("noise", 0.1)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(trial.settings.get("epochs", 3)):
        order, noise = trial.generator("order", epoch), trial.generator("augment", epoch)
        for batch in torch.randperm(len(train_x), generator=order).split(40):
            inputs = train_x[batch] + level * torch.randn(len(batch), 12, generator=noise)
            loss = functional.cross_entropy(model(inputs), train_y[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        trial.epoch()
    return {"test_correct": trial.correct(model, test_x, test_y)}


def averaged(trial):
    """Weights are averaged, and running statistics estimated again for them."""
    train_x, train_y, test_x, test_y = data()
    with trial.random("init"):
        model = network(trial.settings.get("dropout", 0.5), norm=True)
    average = torch.optim.swa_utils.AveragedModel(model)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 20)
    for epoch in range(trial.settings.get("epochs", 3)):
        model.train()
        with trial.random("mask", epoch):
            for batch in torch.randperm(len(train_x), generator=trial.generator("order", epoch)).split(40):
                loss = functional.cross_entropy(model(train_x[batch]), train_y[batch])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
        average.update_parameters(model)
        trial.epoch(loss=loss.detach())
    with trial.random("mask", 10_000):
        torch.optim.swa_utils.update_bn([train_x[start : start + 40] for start in range(0, 240, 40)], average)
    return {"test_correct": trial.correct(average, test_x, test_y)}


def exponential(trial):
    """A copy follows the weights, and is what is evaluated; a validation set is looked at on the way."""
    train_x, train_y, test_x, test_y = data()
    valid_x, valid_y, train_x, train_y = train_x[:60], train_y[:60], train_x[60:], train_y[60:]
    with trial.random("init"):
        model = network(trial.settings.get("dropout", 0.5))
    follower = copy.deepcopy(model)
    optimiser = torch.optim.AdamW(model.parameters(), weight_decay=trial.settings.get("weight_decay", 0.01))
    order = trial.numpy("order")
    for epoch in range(trial.settings.get("epochs", 3)):
        model.train()
        with trial.random("mask", epoch):
            for batch in np.array_split(order.permutation(len(train_x)), 6):
                loss = nn.CrossEntropyLoss(label_smoothing=0.1)(model(train_x[batch]), train_y[batch])
                optimiser.zero_grad(set_to_none=True)
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimiser.step()
                with torch.no_grad():
                    for mean, now in zip(follower.parameters(), model.parameters(), strict=True):
                        mean.lerp_(now, 0.1)
        trial.epoch(validation_accuracy=trial.correct(follower, valid_x, valid_y).float().mean())
    return {
        "test_correct": trial.correct(follower, test_x, test_y),
        "validation_correct": trial.correct(follower, valid_x, valid_y),
    }


def with_numpy_only(trial):
    train_x, train_y, test_x, test_y = (each.numpy() for each in data())
    weights = trial.numpy("init").normal(0, 0.1, (12, 4))
    rate = trial.settings.get("dropout", 0.2)
    order, mask = trial.numpy("order"), trial.numpy("mask")
    for _ in range(trial.settings.get("epochs", 4)):
        for batch in np.array_split(order.permutation(len(train_x)), 6):
            kept = train_x[batch] * (mask.random((len(batch), 12)) >= rate) / (1 - rate)
            odds = np.exp(kept @ weights)
            odds /= odds.sum(1, keepdims=True)
            loss = -np.log(odds[np.arange(len(batch)), train_y[batch]]).mean()
            odds[np.arange(len(batch)), train_y[batch]] -= 1
            weights -= 0.1 * kept.T @ odds / len(batch)
        trial.epoch(loss=loss)
    return {"test_correct": (test_x @ weights).argmax(1) == test_y}


def saved(trial):
    train_x, train_y, test_x, test_y = data()
    with trial.random("init"):
        model = network(trial.settings.get("dropout", 0.5), norm=True)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimiser, 0.9)
    first = 0
    if (state := trial.restored()) is not None:
        for part, kept in zip((model, optimiser, schedule), state["parts"], strict=True):
            part.load_state_dict(kept)
        first = state["epoch"] + 1
    for epoch in range(first, trial.settings.get("epochs", 4)):
        model.train()
        with trial.random("mask", epoch):
            for batch in torch.randperm(len(train_x), generator=trial.generator("order", epoch)).split(40):
                loss = functional.cross_entropy(model(train_x[batch]), train_y[batch])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        schedule.step()
        trial.epoch(loss=loss.detach())
        trial.save({"parts": [each.state_dict() for each in (model, optimiser, schedule)], "epoch": epoch})
    return {"test_correct": trial.correct(model, test_x, test_y)}


class Transformer(nn.Module):
    def __init__(self, rate, letters=12, width=16, length=10):
        super().__init__()
        self.letters, self.places = nn.Embedding(letters, width), nn.Parameter(0.1 * torch.randn(length, width))
        self.block = nn.TransformerEncoderLayer(width, 2, 32, rate, batch_first=True)
        self.out = nn.Linear(width, letters)

    def forward(self, text, targets=None):
        mask = nn.Transformer.generate_square_subsequent_mask(text.shape[1])
        logits = self.out(self.block(self.letters(text) + self.places, src_mask=mask, is_causal=True))
        return logits if targets is None else functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


def transformer(trial):
    text = torch.tensor(np.random.default_rng(3).integers(0, 12, 600).cumsum() % 12)
    train, test = text[:500], text[500:]
    with trial.random("init"):
        model = Transformer(trial.settings.get("dropout", 0.1))
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for epoch in range(trial.settings.get("epochs", 3)):
        model.train()
        order = trial.generator("order", epoch)
        with trial.random("mask", epoch):
            for _ in range(6):
                starts = torch.randint(len(train) - 11, (16,), generator=order).tolist()
                windows = torch.stack([train[start : start + 11] for start in starts])
                loss = model(windows[:, :-1], windows[:, 1:])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        trial.epoch(train_loss=loss.detach())
    model.eval()
    with torch.no_grad():
        windows = torch.stack([test[start : start + 11] for start in range(0, 80, 4)])
        logits = model(windows[:, :-1])
        loss = functional.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())
    return {"test_correct": (logits.argmax(-1) == windows[:, 1:]).flatten(), "test_loss": float(loss)}


def from_scratch(trial):
    """The book's own style: tensors and functions, no module."""
    train_x, train_y, test_x, test_y = data()
    rate = trial.settings.get("dropout", 0.5)
    with trial.random("init"):
        parameters = [0.3 * torch.randn(12, 16), torch.zeros(16), 0.3 * torch.randn(16, 4), torch.zeros(4)]
    for each in parameters:
        each.requires_grad_()

    def net(inputs, training):
        hidden = torch.relu(inputs @ parameters[0] + parameters[1])
        if training and rate > 0:
            hidden = hidden * (torch.rand(hidden.shape) > rate) / (1 - rate)
        return hidden @ parameters[2] + parameters[3]

    for epoch in range(trial.settings.get("epochs", 3)):
        with trial.random("mask", epoch):
            for batch in torch.randperm(len(train_x), generator=trial.generator("order", epoch)).split(40):
                functional.cross_entropy(net(train_x[batch], True), train_y[batch]).backward()
                with torch.no_grad():
                    for each in parameters:
                        each.sub_(0.1 * each.grad)
                        each.grad.zero_()
        trial.epoch()
    return {"test_correct": net(test_x, False).argmax(1) == test_y}


def mixed(trial):
    """Mix each batch with its own examples in another order, and their labels too, drawn where there is noise alone."""
    train_x, train_y, test_x, test_y = data()
    shares = functional.one_hot(train_y, 4).float()
    with trial.random("init"):
        model = network(0.0)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    noise = trial.settings.get("noise", 0.5)
    for epoch in range(trial.settings.get("epochs", 3)):
        rng = trial.numpy("mixup", epoch)
        for batch in torch.randperm(len(train_x), generator=trial.generator("order", epoch)).split(40):
            weight = rng.beta(noise, noise) if noise else 1.0
            other = batch[rng.permutation(len(batch))] if noise else batch
            inputs, labels = (weight * each[batch] + (1 - weight) * each[other] for each in (train_x, shares))
            optimiser.zero_grad()
            functional.cross_entropy(model(inputs), labels).backward()
            optimiser.step()
        trial.epoch()
    return {"test_correct": trial.correct(model, test_x, test_y)}


def mixed_by_losses(trial):
    """Mix examples, and the losses on both labels: each condition draws another partner, the first label is its own."""
    train_x, train_y, test_x, test_y = data()
    with trial.random("init"):
        model = network(0.0)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    noise = trial.settings.get("noise", 0.5)
    for epoch in range(trial.settings.get("epochs", 3)):
        rng = trial.numpy("mixup", epoch)
        for batch in torch.randperm(len(train_x), generator=trial.generator("order", epoch)).split(40):
            weight = rng.beta(noise, noise) if noise else 1.0
            other = batch[rng.permutation(len(batch))]
            optimiser.zero_grad()
            scores = model(weight * train_x[batch] + (1 - weight) * train_x[other])
            own = weight * functional.cross_entropy(scores, train_y[batch])
            (own + (1 - weight) * functional.cross_entropy(scores, train_y[other])).backward()
            optimiser.step()
        trial.epoch()
    return {"test_correct": trial.correct(model, test_x, test_y)}


def adversarial(trial):
    """Train a network on what another one makes, which differs between conditions from the first step on."""
    train_x, _, test_x, _ = data()
    with trial.random("init"):
        dropout = nn.Dropout(trial.settings.get("dropout", 0.5))
        maker, judge = nn.Linear(2, 12), nn.Sequential(nn.Linear(12, 16), dropout, nn.Linear(16, 1))
    makes, judges = (torch.optim.SGD(each.parameters(), lr=0.05) for each in (maker, judge))
    for epoch in range(trial.settings.get("epochs", 3)):
        draws = trial.generator("latent", epoch)
        with trial.random("mask", epoch):
            for batch in torch.randperm(len(train_x), generator=trial.generator("order", epoch)).split(40):
                latent = torch.randn(len(batch), 2, generator=draws)
                judges.zero_grad()
                made = maker(latent).detach()
                (functional.softplus(-judge(train_x[batch])) + functional.softplus(judge(made))).mean().backward()
                judges.step()
                makes.zero_grad()
                functional.softplus(-judge(maker(latent))).mean().backward()
                makes.step()
        trial.epoch()
    with torch.no_grad():
        return {"test_accuracy": float((judge.eval()(test_x) > 0).float().mean())}


RIGHT = (plain, loader, loader_of_two_workers, augmented, augmented_in_the_loop, averaged, exponential,
         with_numpy_only, saved, transformer, from_scratch, mixed, mixed_by_losses, adversarial)  # fmt: skip
