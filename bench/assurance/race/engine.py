"""This engine: a stack of the default study's eight conditions of one seed, on one pinned thread."""

from __future__ import annotations

import itertools

import torch

from bench.assurance.race.task import Share, Task, Train
from bench.base import multiplying, passes
from bench.base.threads import single_thread
from bench.data.split import Split
from bench.engines.stacked import model
from bench.engines.stacked.train import train_epoch
from bench.record.trials import Condition, Recipe, Seeds, Stack, Trial

OTHERS = ((0.0, 0.0), (0.5, 0.2), (1.0, 1.0), (0.1, 0.1), (0.3, 0.3), (0.5, 0.5), (0.7, 0.7))
"""Rates of the default study's other conditions."""


def start(task: Task, share: Share) -> Train:
    """Return the training of a stack whose first trial does the task; the others differ in their rates only.

    That is what a study runs: conditions of a seed share batches and random bits. No operation's time depends on rates.
    """
    single_thread()
    images, labels = torch.from_numpy(share.images()), torch.from_numpy(share.labels())
    split = Split(images, labels, images[:0], labels[:0], images[:0], labels[:0], task.sizes[-1])
    stack = _stack(task, share)
    passes.load()
    multiplying.use(multiplying.fastest({task.sizes: task.batch_size}))
    weights = model.initial_weights(task.sizes, share.seed, stack.recipe.initialisation)
    network = model.build(weights, share.trials, torch.float32, torch.device("cpu"))
    epochs = itertools.count()

    def train() -> list[float]:
        return [train_epoch(network, stack, next(epochs), split)[0].loss]

    return train


def _stack(task: Task, share: Share) -> Stack:
    hidden = task.sizes[1:-1]
    recipe = Recipe(task.data, task.train_size, 0, hidden, "default", 1, task.batch_size, task.learning_rate)
    rates = list(itertools.islice(itertools.cycle([task.dropout, *OTHERS]), share.trials))
    seeds = Seeds(share.seed, share.seed, share.seed)
    conditions = [Condition(str(rate), (("dropout", rate),)) for rate in rates]
    return Stack(tuple(Trial("race", each, share.seed, seeds, recipe, "cpu", "", "") for each in conditions))
