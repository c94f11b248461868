"""A small network, seeded in three ways: what is pairing by seed worth under each?"""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import BatchSampler, RandomSampler

if TYPE_CHECKING:
    from bench.engines.own.trial import Trial

Part = tuple[torch.Tensor, torch.Tensor]
"""Inputs `[N, I]` and labels `[N]`."""


@dataclass(frozen=True)
class Sources:
    """Where initial weights, batch order and masks come from; without a generator, from torch's global one."""

    init: AbstractContextManager[None]
    order: torch.Generator | None
    mask: AbstractContextManager[None]


def streams(trial: Trial) -> Sources:
    """Return a source of its own for each: what one of them draws moves no other."""
    return Sources(trial.random("init"), trial.generator("order"), trial.random("mask"))


def manual_seed(trial: Trial) -> Sources:
    """Seed the global generator, once, as most training code does: all three draw from it in turn."""
    torch.manual_seed(trial.seed)
    return Sources(contextlib.nullcontext(), None, contextlib.nullcontext())


def unseeded(_: Trial) -> Sources:
    """Let the global generator be what the operating system gives."""
    torch.seed()
    return Sources(contextlib.nullcontext(), None, contextlib.nullcontext())


SEEDINGS: dict[str, Callable[[Trial], Sources]] = {
    "streams": streams, "manual_seed": manual_seed, "unseeded": unseeded,
}  # fmt: skip


def trained(trial: Trial, widths: tuple[int, ...], train: Part, test: Part) -> dict[str, Any]:
    """Train a network with dropout after each hidden layer by SGD, and count what it gets right."""
    settings, (inputs, labels) = trial.settings, train
    sources = SEEDINGS[settings["seeding"]](trial)
    with sources.init:
        model = network(widths, settings["dropout"])
    optimiser = torch.optim.SGD(model.parameters(), settings["learning_rate"])
    steps = settings["epochs"] * math.ceil(len(inputs) / settings["batch_size"])
    rate = {"constant": lambda _: 1.0, "cosine": lambda step: (1 + math.cos(math.pi * step / steps)) / 2}
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate[settings["schedule"]])
    batches = BatchSampler(RandomSampler(labels, generator=sources.order), settings["batch_size"], drop_last=False)
    with sources.mask:
        for _ in range(settings["epochs"]):
            total = 0.0
            for batch in batches:
                loss = functional.cross_entropy(model(inputs[batch]), labels[batch])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                total += loss.item() * len(batch)
            trial.epoch(running_train_loss=total / len(inputs))
    right = trial.correct(model, *test)
    return {"test_correct": int(right.sum()), "test_total": len(right)}


def network(widths: tuple[int, ...], dropout: float) -> nn.Sequential:
    """Return a network with ReLU and dropout after each hidden layer."""
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(widths[:-1]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(*layers, nn.Linear(widths[-2], widths[-1]))
