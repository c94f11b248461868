"""The engine and the book's loop agree in distribution on a short study of real images."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from bench.data.split import Images, make_split
from bench.reference import BookDropout, BookMLP, train
from bench.train import train_stack
from bench.trials import Recipe
from tests.conftest import condition, stack

pytestmark = pytest.mark.slow

RECIPE = Recipe("fashion_mnist_sample", 2000, 0, (64, 32), "default", 4, 64, 0.1)
RATES = (0.2, 0.5)
RUNS = 24
ALPHA = 1e-4
"""Of each test: with a fixed seed they pass or fail for good."""


@pytest.fixture(scope="module")
def engine_runs(sample_images: Images) -> np.ndarray:
    """Running loss, running accuracy and test accuracy of the last epoch, `[RUNS, 3]`."""
    split = make_split(sample_images, RECIPE.train_size, 0)
    runs = []
    for seed in range(RUNS):
        (outcome,) = train_stack(stack(condition("x", dropout=RATES), seed=seed, recipe=RECIPE), split, lambda: None)
        running, test = outcome.running[-1], outcome.test[-1]
        runs.append([running.loss, running.correct.double().mean(), test.correct.double().mean()])
    return np.array(runs)


@pytest.fixture(scope="module", params=[BookDropout, nn.Dropout], ids=["book", "torch"])
def reference_runs(request: pytest.FixtureRequest, sample_images: Images) -> np.ndarray:
    split = make_split(sample_images, RECIPE.train_size, 0)
    data = torch.utils.data.TensorDataset(split.train_images, split.train_labels)
    runs = []
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for _ in range(RUNS):
            batches = torch.utils.data.DataLoader(data, RECIPE.batch_size, shuffle=True)
            net = BookMLP((784, *RECIPE.hidden, 10), [request.param(rate) for rate in RATES])
            tested = [(split.test_images, split.test_labels)]
            epoch = train(net, (batches, tested), RECIPE.epochs, RECIPE.learning_rate)[-1]
            runs.append([epoch.train_loss, epoch.train_accuracy, epoch.test_accuracy])
    return np.array(runs)


def test_means_and_spreads_agree(engine_runs: np.ndarray, reference_runs: np.ndarray) -> None:
    for column in range(3):
        ours, theirs = engine_runs[:, column], reference_runs[:, column]
        assert stats.ttest_ind(ours, theirs, equal_var=False).pvalue > ALPHA
        ratio = ours.var(ddof=1) / theirs.var(ddof=1)
        assert 2 * min(stats.f.sf(ratio, RUNS - 1, RUNS - 1), stats.f.cdf(ratio, RUNS - 1, RUNS - 1)) > ALPHA


def test_the_comparison_would_notice_another_rate(engine_runs: np.ndarray, sample_images: Images) -> None:
    """Dropout of 0.4/0.5 in place of 0.2/0.5: the running loss tells."""
    split = make_split(sample_images, RECIPE.train_size, 0)
    other = [
        train_stack(stack(condition("x", dropout=(0.4, 0.5)), seed=100 + s, recipe=RECIPE), split, lambda: None)[0]
        for s in range(RUNS)
    ]
    losses = np.array([outcome.running[-1].loss for outcome in other])
    assert stats.ttest_ind(engine_runs[:, 0], losses, equal_var=False).pvalue < ALPHA
