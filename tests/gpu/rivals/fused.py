"""This engine: a stack of as many conditions of each seed as a study has, every step a replay of one CUDA graph."""

from __future__ import annotations

import itertools

import torch

from bench.assurance.race.task import Share, Task, Train
from bench.data.split import Split
from bench.record.trials import Recipe
from tests.gpu import book
from tests.gpu.rivals import on_a_gpu


def start_tf32(task: Task, share: Share) -> Train:
    return _start(task, share, "tf32")


def start_bfloat16(task: Task, share: Share) -> Train:
    return _start(task, share, "bfloat16")


def start_float32(task: Task, share: Share) -> Train:
    return _start(task, share, "float32")


def _start(task: Task, share: Share, precision: str) -> Train:
    """Return the training of the stack; the losses are those of the trials with the task's rates, one a seed."""
    from bench.engines.fused.training import FusedEngine  # noqa: PLC0415 - imports Triton

    device = "cuda" if on_a_gpu() else "cpu"
    recipe = Recipe(task.data, task.train_size, 0, task.sizes[1:-1], "default", 1, task.batch_size, task.learning_rate)
    images, labels = torch.from_numpy(share.images()), torch.from_numpy(share.labels())
    split = Split(images, labels, images[:0], labels[:0], images[:0], labels[:0], task.sizes[-1])
    many = book.trials(share.trials, precision, device, recipe)
    engine = FusedEngine(many, split.to(torch.device(device)))
    places = [place for place, one in enumerate(many) if one.condition.settings[0][1] == task.dropout]
    epochs = itertools.count()

    def train() -> list[float]:
        scores = engine.train_epoch(next(epochs))
        return [scores[place].loss for place in places]

    return train
