"""What a stack of the GPU engine keeps on the device: data, networks, and what says where its randomness comes from."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from bench.engines.stacked import model
from bench.record.trials import Trial
from bench.regularisers.noise import CELLS, dropped_cells, scale

PADDING = 16
"""Rows of weights and activations begin at multiples of this many numbers, as wide loads want."""


def stride(width: int) -> int:
    """Return the distance between rows that are `width` wide."""
    return -(-width // PADDING) * PADDING


def resident(images: torch.Tensor) -> torch.Tensor:
    """Return `images` `[N, I]` as uint8 where every value is k / 255 to the bit; else as they are, float32."""
    levels = (torch.arange(256, dtype=torch.float32) / 255).to(images.device)
    bytes_ = images.mul(255).round_().clamp_(0, 255).to(torch.uint8)
    return bytes_ if torch.equal(levels[bytes_.int()], images) else images.contiguous()


@dataclass(frozen=True)
class Networks:
    """K networks of one shape, trained in place."""

    weights: list[torch.Tensor]
    """Weights of each layer, `[K, I, P]`, float32; P is the stride of the layer's outputs."""
    biases: list[torch.Tensor]
    """Biases of each layer, `[K, P]`, float32."""

    def start(self, trials: Sequence[Trial], sizes: tuple[int, ...]) -> None:
        """Give every network the initial weights of its seed: those of the CPU, to the bit."""
        places: dict[int, list[int]] = {}
        for place, trial in enumerate(trials):
            places.setdefault(trial.seeds.init, []).append(place)
        for seed, mine in places.items():
            initial = model.initial_weights(sizes, seed, trials[0].network.initialisation)
            for (weight, bias), ours, our_bias in zip(initial, self.weights, self.biases, strict=True):
                ours[mine, :, : len(bias)] = _float32(weight).to(ours.device)
                our_bias[mine, : len(bias)] = _float32(bias).to(ours.device)


@dataclass(frozen=True)
class Draws:
    """Where each trial's order and masks come from."""

    order_seeds: torch.Tensor
    """Different order seeds of the stack, int64 `[S]`."""
    order_of: torch.Tensor
    """Which of them is the trial's, int32 `[K]`."""
    mask_seeds: torch.Tensor
    """int64 `[K]`."""
    limits: torch.Tensor
    """A unit is kept where its 16-bit number reaches this, int32 `[K, L]`."""
    scales: torch.Tensor
    """The factor of what is kept, float32 `[K, L]`; 0 at rate 1, where the limit cannot say that nothing is kept."""


def networks(stack_size: int, sizes: tuple[int, ...], device: torch.device) -> Networks:
    """Return `stack_size` networks with layer widths `sizes`, all zero."""
    shapes = [(inputs, stride(outputs)) for inputs, outputs in itertools.pairwise(sizes)]
    return Networks(
        [torch.zeros((stack_size, *shape), device=device) for shape in shapes],
        [torch.zeros((stack_size, outputs), device=device) for _, outputs in shapes],
    )


def draws_of(trials: Sequence[Trial], device: torch.device) -> Draws:
    """Return where the randomness of `trials` comes from."""
    layers = len(trials[0].network.hidden)
    rates = [trial.condition.active().get("dropout", (0.0,) * layers) for trial in trials]
    rate = torch.tensor(rates, dtype=torch.float64)
    seeds = list(dict.fromkeys(trial.seeds.order for trial in trials))
    return Draws(
        order_seeds=torch.tensor(seeds, dtype=torch.int64, device=device),
        order_of=torch.tensor([seeds.index(t.seeds.order) for t in trials], dtype=torch.int32, device=device),
        mask_seeds=torch.tensor([trial.seeds.mask for trial in trials], dtype=torch.int64, device=device),
        limits=(dropped_cells(rate) - CELLS // 2).clamp(max=CELLS // 2 - 1).to(torch.int32).to(device),
        scales=scale(rate).to(torch.float32).to(device),
    )


def _float32(array: np.ndarray) -> torch.Tensor:
    return torch.as_tensor(array, dtype=torch.float32)
