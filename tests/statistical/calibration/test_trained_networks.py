"""Over new seeds and new images, on trained networks: the truth is known, since MNIST-1D can be made without end."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from analysis.methods.paired_t import t_test
from analysis.methods.random_effects import crossed
from bench.data.mnist_1d import MNIST_1D, fetch, fresh
from bench.data.split import Split, make_split
from bench.engines.stacked import model
from bench.engines.stacked.train import StackedEngine
from bench.record.trials import Condition, Recipe, Seeds, Stack, Trial
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import ALPHA, NORMAL, generator, misses

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RECIPE = Recipe("mnist_1d", 4_000, 0, (64, 64), "default", 12, 100, 0.1)
CONDITIONS = (Condition("none", ()), Condition("dropout", (("dropout", (0.2, 0.2)),)))
SEEDS, EXAMPLES, CHUNK = 150, 1_000_000, 20_000
RUNS = 2_000


def trained(seed: int, split: Split) -> StackedEngine:
    trials = (
        Trial("truth", each, seed, Seeds(seed, seed, seed), RECIPE, "cpu", data_hash="", code_hash="")
        for each in CONDITIONS
    )
    engine = StackedEngine(Stack(tuple(trials)), split)
    for epoch in range(RECIPE.epochs):
        engine.train_epoch(epoch)
    return engine


@pytest.fixture(scope="module")
def gains(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """Return what dropout gains at each of `SEEDS` seeds on each of a million fresh examples: -1, 0 or 1, int8."""
    root = tmp_path_factory.mktemp("data")
    fetch(root)
    split = make_split(MNIST_1D.load(root), RECIPE.train_size, 0)
    engines = [trained(seed, split) for seed in range(SEEDS)]
    examples, labels = fresh(EXAMPLES, seed=0)
    found = np.empty((SEEDS, EXAMPLES), dtype=np.int8)
    for start in range(0, EXAMPLES, CHUNK):
        rows = slice(start, start + CHUNK)
        images, right = torch.from_numpy(examples[rows]), torch.from_numpy(labels[rows].astype(np.int64))
        for seed, engine in enumerate(engines):
            none, dropout = (model.predict(engine.network, images).argmax(dim=-1) == right).to(torch.int8)
            found[seed, rows] = (dropout - none).numpy()
    return found


@pytest.mark.parametrize(("seeds", "images"), [(6, 1_000), (10, 1_000), (30, 1_000), (10, 10_000)])
def test_of_the_crossed_interval_on_trained_networks(
    seeds: int, images: int, gains: np.ndarray, ledger: Ledger
) -> None:
    """Seeds are drawn from those that were trained, images from the million: the mean over all is the truth."""
    truth = float(gains.mean(dtype=np.float64))
    rng = generator("trained networks", str(images), seeds)
    found = {"interval": 0, "seeds alone": 0}
    for _ in range(RUNS):
        drawn = gains[np.ix_(rng.integers(0, SEEDS, seeds), rng.integers(0, EXAMPLES, images))].astype(float)
        estimate = crossed(drawn)
        assert estimate is not None
        low, high = estimate.interval(ALPHA)
        found["interval"] += not low <= truth <= high
        alone = t_test(NORMAL.pairs(drawn.mean(axis=1)), ALPHA).result
        found["seeds alone"] += misses(alone, "ci_low", "ci_high", truth)
    error, data = "misses the truth by a million fresh examples", f"networks trained on MNIST-1D, {images:,} images"
    why = "shown for contrast: it holds for this test set alone, and the report says so"
    ledger.check(
        [
            Rate("two-way interval", error, data, seeds, ALPHA, found["interval"], RUNS),
            Rate("t interval over seeds, read as one over images too", error, data, seeds, ALPHA, found["seeds alone"],
                 RUNS, most=1.0, least=0.06, why=why),
        ]
    )  # fmt: skip
