"""Golden random numbers: words, 16-bit numbers, uniform numbers, orders and initial weights, to the bit."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from bench.base import draws
from bench.base.draws import Position
from bench.engines.fused.networks import draws_of, networks
from bench.engines.stacked import model
from bench.record.trials import FUSED, STACKED, Condition, Recipe, Seeds, Trial
from tests.golden.data import digest
from tests.golden.golden import Golden, Numbers, engine, regularisers

PLACES = [Position(), Position(epoch=3, step=2, layer=1), Position(step=(2 << 40) + (1 << 20))]
SEEDS = (0, 7, (1 << 63) + 7)
STREAMS = ("order", "dropout", "initialisation")
RATES = [(0.0, 0.0), (0.2, 0.5), (1.0, 1e-9)]


def of_randomness() -> Iterator[Golden]:
    """Yield the goldens of what both engines draw, for each, and of what the fused one makes of it."""
    for each in (STACKED, FUSED):
        yield Golden(f"random numbers, for the {each} engine", engine(each), drawn)
    yield Golden("initial weights of the fused engine", engine(FUSED), begun)
    yield Golden("dropout of the fused engine", engine(FUSED) | regularisers("dropout"), masked)


def drawn() -> Numbers:
    """Return numbers of a few seeds, streams and places."""
    found: Numbers = {"keys of streams": [f"{draws.stream_key(stream):016x}" for stream in STREAMS]}
    for seed in SEEDS:
        for stream in STREAMS:
            for at in PLACES:
                name = f"seed {seed}, {stream}, {at.epoch} {at.step} {at.layer}"
                place = (seed, stream, at)
                found[name] = [
                    *(f"{word:016x}" for word in draws.words(*place, 2)),
                    digest(draws.signed16(*place, (5, 7))),
                    digest(draws.uniforms(*place, 37)),
                    digest(draws.permutation(*place, 100)),
                ]
    found["uniform numbers"] = draws.uniforms(7, "mixup", Position(), 4).tolist()
    found["an order"] = draws.permutation(7, "order", Position(), 12).tolist()
    found["initial weights"] = [
        digest(part) for pair in model.initial_weights((30, 20, 10), 3, "default") for part in pair
    ]
    return found


def trials_of_the_fused_engine() -> tuple[list[Trial], tuple[int, ...]]:
    """Return trials, and the layer widths of their networks."""
    recipe = Recipe("", 100, 0, (20, 20), "default", 1, 10, 0.1)
    trials = [
        Trial("golden", Condition("", (("dropout", rates),)), 0, Seeds(1 + n % 2, 2, 3 + n), recipe, "cpu", "", "")
        for n, rates in enumerate(RATES)
    ]
    return trials, (30, *recipe.hidden, 10)


def begun() -> Numbers:
    """Return the initial weights of a stack of the fused engine."""
    trials, sizes = trials_of_the_fused_engine()
    made = networks(len(trials), sizes, torch.device("cpu"))
    made.start(trials, sizes)
    parts = {"weights": made.weights, "biases": made.biases}
    return {name: [digest(each.numpy()) for each in tensors] for name, tensors in parts.items()}


def masked() -> Numbers:
    """Return what the kernels make masks of."""
    trials, _ = trials_of_the_fused_engine()
    made = draws_of(trials, torch.device("cpu"))
    return {
        "seeds": torch.cat([made.order_seeds, made.order_of, made.mask_seeds]).tolist(),
        "limits": made.limits.flatten().tolist(),
        "scales": [each.hex() for each in made.scales.double().flatten().tolist()],
    }
