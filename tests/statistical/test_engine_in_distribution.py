"""The engine and the book's loop agree in distribution on a short study of real images."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from bench.assurance.certify.plain_trial import train_once
from bench.assurance.certify.setting import BOOK
from bench.assurance.certify.two_arms import ENGINE, Task, engine_trial
from bench.data.images import Images
from bench.data.split import Split, make_split
from bench.engines.reference import BookDropout
from bench.record.trials import Recipe

pytestmark = pytest.mark.slow

RECIPE = Recipe("fashion_mnist_sample", 2000, 0, (64, 32), "default", 4, 64, 0.1)
RUNS = 24
ALPHA = 1e-4
"""Of each test: with a fixed seed they pass or fail for good."""


def last_epochs(rows: list[dict[str, Any]]) -> np.ndarray:
    """Return running loss, running accuracy and test accuracy of the last epoch, `[runs, 3]`."""
    metrics = ("running_train_loss", "running_train_accuracy", "test_accuracy")
    return np.array([[row[metric][-1] for metric in metrics] for row in rows])


@pytest.fixture(scope="module")
def split(sample_images: Images) -> Split:
    return make_split(sample_images, RECIPE.train_size, 0)


@pytest.fixture(scope="module")
def engine_runs(split: Split) -> np.ndarray:
    return last_epochs([engine_trial(Task(ENGINE, i, RECIPE, "float32", "cpu"), split) for i in range(RUNS)])


@pytest.fixture(scope="module", params=[BookDropout, nn.Dropout], ids=["book", "torch"])
def reference_runs(request: pytest.FixtureRequest, split: Split) -> np.ndarray:
    with torch.random.fork_rng():
        return last_epochs([train_once(split, RECIPE, BOOK, seed, request.param) for seed in range(RUNS)])


def test_means_and_spreads_agree(engine_runs: np.ndarray, reference_runs: np.ndarray) -> None:
    for column in range(3):
        ours, theirs = engine_runs[:, column], reference_runs[:, column]
        assert stats.ttest_ind(ours, theirs, equal_var=False).pvalue > ALPHA
        ratio = ours.var(ddof=1) / theirs.var(ddof=1)
        assert 2 * min(stats.f.sf(ratio, RUNS - 1, RUNS - 1), stats.f.cdf(ratio, RUNS - 1, RUNS - 1)) > ALPHA


def test_the_comparison_would_notice_another_rate(engine_runs: np.ndarray, split: Split) -> None:
    """Dropout of 0.4/0.5 in place of 0.2/0.5: the running loss tells."""
    with torch.random.fork_rng():
        other = last_epochs([train_once(split, RECIPE, (0.4, 0.5), 100 + seed) for seed in range(RUNS)])
    assert stats.ttest_ind(engine_runs[:, 0], other[:, 0], equal_var=False).pvalue < ALPHA
