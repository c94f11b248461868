"""Golden numbers of the fused kernels: on a GPU where one is, else by Triton's interpreter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, replace
from importlib.util import find_spec

import torch

from bench.data.split import Split
from bench.engines.epochs import run_epochs
from bench.engines.fused import tiles
from bench.record.trials import FUSED, Condition, Recipe, Seeds, Trial
from tests.golden.data import digest
from tests.golden.golden import Golden, Numbers, data_set, engine, regularisers
from tests.golden.training import SAMPLE, norm, shown, split_of

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
if DEVICE.type == "cpu":
    os.environ.setdefault("TRITON_INTERPRET", "1")  # before anything imports Triton: torch's optimisers do

RECIPE = Recipe(SAMPLE, 40, 24, (32, 16), "default", 1, 16, 0.5)
"""Three steps, the last with a batch of 8: the interpreter takes a second for them."""
RATES = {0: (0.2, 0.5), 3: (0.0, 0.3)}
"""Seed -> dropout."""
PIXELS, TESTED = slice(14 * 28, 14 * 28 + 40), 30
FLOAT32 = 2e-4
"""Largest relative change of a number that kernels compute.

They have float32 only: sums of at most 40 products, in three steps one after another, each forwards, backwards and in
the update: some 40 x 3 x 3 roundings of 2^-24, 2e-5; ten times that for a small difference of two numbers.
So a scale that is off by 1e-7 is not seen here, but in the bits of what the kernels are given.
"""


def of_fused() -> Iterator[Golden]:
    """Yield the goldens of the fused engine."""
    yield Golden("tiles of the fused engine", engine(FUSED), sizes_of_tiles)
    versions = engine(FUSED) | regularisers("dropout") | data_set(SAMPLE)
    yield Golden("training of the fused engine", versions, trained, FLOAT32, absent=no_triton)
    yield Golden("orders of the fused engine", engine(FUSED), orders, absent=no_triton)


def no_triton() -> str:
    """Return what to do where Triton is not installed."""
    return "" if find_spec("triton") else "install Triton: pip install --no-deps triton"


def sizes_of_tiles() -> Numbers:
    """Return the sizes of all tiles: they decide in which order sums are added."""
    return {
        f"{precision}, {kernel}": list(tile.values())
        for precision, of_kernels in tiles.TILES.items()
        for kernel, tile in asdict(of_kernels).items()
    }


def trained() -> Numbers:
    """Return what two trials of different seeds show, in float32, and how far their weights go."""
    from bench.engines.fused.training import FusedEngine  # noqa: PLC0415 - Triton may be absent

    trials = [
        Trial("golden", Condition("", (("dropout", rates),)), 0, Seeds(seed, seed + 1, seed + 2), RECIPE, "cpu", "", "")
        for seed, rates in RATES.items()
    ]
    fused = FusedEngine(trials, some_pixels().to(DEVICE))
    weights = fused.stack.networks.weights
    begun = [each.clone() for each in weights]
    found: Numbers = {}
    for network, outcome in enumerate(run_epochs(fused, RECIPE.epochs, lambda: None)):
        changes = [(each - before)[network].double().cpu() for each, before in zip(weights, begun, strict=True)]
        all_shown = shown(outcome) | {"change of the weights, norm": [norm(each) for each in changes]}
        found |= {f"network {network}: {key}": value for key, value in all_shown.items() if "calibration" not in key}
    return found


def some_pixels() -> Split:
    """Return few pixels of few images, in float32."""
    whole = split_of(RECIPE)
    few = {"train_images": whole.train_images, "validation_images": whole.validation_images}
    few["test_images"] = whole.test_images[:TESTED]
    cut = {name: images[:, PIXELS].float().contiguous() for name, images in few.items()}
    return replace(whole, **cut, test_labels=whole.test_labels[:TESTED])


def orders() -> Numbers:
    """Return the orders that the kernel draws."""
    from bench.engines.fused import philox  # noqa: PLC0415 - Triton may be absent

    seeds = torch.tensor([0, 7, 123_456_789], dtype=torch.int64, device=DEVICE)
    return {
        f"epoch {epoch}": [digest(philox.permutations(seeds, "order", epoch, 300).cpu().numpy())] for epoch in (0, 5)
    }
