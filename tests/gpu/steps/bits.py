"""Batch orders, initial weights and masks on the device have the bits of the CPU's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from bench.base import draws
from bench.base.draws import Position
from bench.engines.stacked import model
from bench.record.trials import Condition, Trial
from bench.regularisers.dropout import DROPOUT
from bench.regularisers.record import Draw
from tests.gpu import book
from tests.gpu.note import Note, WrongError

SEEDS = (0, 5, 2**63 - 1)
EPOCHS = (0, 9)
RATES = (0.0, 0.2, 0.5, 1.0)
STEPS = 2
Pair = tuple[str, np.ndarray, np.ndarray]
"""What it is, on the device, and on the CPU."""


def take(note: Note) -> None:
    book.need_triton()
    setting = book.setting(note.rehearsal)
    for part in (orders, weights, masks):
        for what, ours, theirs in part(note.device, setting):
            differing = int((ours != theirs).sum()) if ours.shape == theirs.shape else max(ours.size, theirs.size)
            note.add("compared", {"what": what, "numbers": int(theirs.size), "differing": differing})
    if wrong := [row["what"] for row in note.found["compared"] if row["differing"]]:
        raise WrongError(f"not the bits of the CPU: {'; '.join(wrong)}")


def orders(device: str, setting: book.Setting) -> Iterator[Pair]:
    """Yield the batch orders of an epoch: the sorted places of a Philox word for every image."""
    from bench.engines.fused import philox  # noqa: PLC0415 - imports Triton

    count = setting.train_size
    seeds = torch.tensor(SEEDS, dtype=torch.int64, device=device)
    for epoch in EPOCHS:
        ours = philox.permutations(seeds, "order", epoch, count).cpu().numpy()
        theirs = np.stack([draws.permutation(seed, "order", Position(epoch=epoch), count) for seed in SEEDS])
        yield f"orders, epoch {epoch}", ours, theirs


def weights(device: str, setting: book.Setting) -> Iterator[Pair]:
    """Yield the initial weights and biases of a stack of seeds."""
    from bench.engines.fused.step import FusedStack  # noqa: PLC0415 - imports Triton

    many = book.trials(len(SEEDS), "float32", device, setting.recipe())
    many = [replace(one, seeds=replace(one.seeds, init=seed)) for one, seed in zip(many, SEEDS, strict=True)]
    stack = FusedStack(many, book.split(setting, device, test_size=16))
    for place, seed in enumerate(SEEDS):
        initial = model.initial_weights(stack.sizes, seed, stack.recipe.initialisation)
        for layer, (weight, bias) in enumerate(initial):
            width = len(bias)
            ours = stack.networks.weights[layer][place, :, :width]
            our_bias = stack.networks.biases[layer][place, :width]
            yield f"weights of layer {layer}, seed {seed}", ours.cpu().numpy(), np.asarray(weight, np.float32)
            yield f"biases of layer {layer}, seed {seed}", our_bias.cpu().numpy(), np.asarray(bias, np.float32)


def masks(device: str, setting: book.Setting) -> Iterator[Pair]:
    """Yield what each layer lets through in the second epoch, for every rate: all units are at 1 before dropout."""
    from bench.engines.fused.step import FusedStack  # noqa: PLC0415 - imports Triton

    stack = FusedStack(_by_rate(setting, device), book.split(setting, device, test_size=16))
    stack.begin_epoch(1)
    for step in range(STEPS):
        for weight, bias in zip(stack.networks.weights, stack.networks.biases, strict=True):
            weight.zero_()
            bias.fill_(1.0)
        stack.step()
        for layer, width in enumerate(setting.hidden):
            active = stack.training.activations[layer][:, :, :width].cpu()
            for one, rate, ours in zip(stack.trials, RATES, active, strict=True):
                draw = Draw(one.seeds.mask, Position(1, step, layer))
                strength = torch.tensor([rate], dtype=torch.float64)
                expected = DROPOUT.multiplier(draw, strength, (setting.batch_size, width))[0]
                yield f"mask of layer {layer} at rate {rate}, step {step}", ours.numpy(), expected.numpy()


def _by_rate(setting: book.Setting, device: str) -> list[Trial]:
    """Return a trial for each rate, in all layers the same."""
    many = book.trials(len(RATES), "float32", device, setting.recipe())
    conditions = [Condition(str(rate), (("dropout", (rate,) * len(setting.hidden)),)) for rate in RATES]
    return [replace(one, condition=each) for one, each in zip(many, conditions, strict=True)]
