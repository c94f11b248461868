"""torch.func.vmap over models on the GPU, each step a replay of a CUDA graph: one of a whole batch, one of the rest."""

from __future__ import annotations

import torch
from torch import Tensor

from bench.assurance.race.stacked import vmap_step
from bench.assurance.race.task import Share, Task, Train
from bench.base.precision import products
from tests.gpu.clock import Call, captured
from tests.gpu.rivals import on_a_gpu


def start_tf32(task: Task, share: Share) -> Train:
    return _start(task, share, "tf32")


def start_bfloat16(task: Task, share: Share) -> Train:
    return _start(task, share, "bfloat16")


def start_float32(task: Task, share: Share) -> Train:
    return _start(task, share, "float32")


def _start(task: Task, share: Share, precision: str) -> Train:
    device = "cuda" if on_a_gpu() else "cpu"
    torch.set_num_threads(share.threads)
    torch.manual_seed(share.seed)
    images, labels = torch.from_numpy(share.images()).to(device), torch.from_numpy(share.labels()).to(device)
    parameters, step = vmap_step(task, share.trials, device)
    initial = {name: value.clone() for name, value in parameters.items()}
    total = torch.zeros(share.trials, device=device)

    def replayed(size: int) -> tuple[Tensor, Call]:
        """Return the rows of a batch of `size`, to be written to, and a call that trains on them."""
        rows = torch.zeros(size, dtype=torch.int64, device=device)

        def call() -> None:
            shorter = torch.autocast(device, torch.bfloat16, precision == "bfloat16", cache_enabled=False)
            with products(precision), shorter:
                total.add_(step(images[rows], labels[rows]), alpha=size)

        return rows, captured(call, device)

    full, rest = divmod(task.train_size, task.batch_size)
    batches = [(replayed(task.batch_size), full)] + ([(replayed(rest), 1)] if rest else [])
    for name, value in initial.items():  # a capture begins with a step as it is
        parameters[name].copy_(value)

    def train() -> list[float]:
        total.zero_()
        order = iter(torch.randperm(task.train_size, device=device).split(task.batch_size))
        for (rows, call), count in batches:
            for _ in range(count):
                rows.copy_(next(order))
                call()
        return (total / task.train_size).tolist()

    return train
