"""MNIST-1D against its authors' generator, and fresh examples against the published set."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from bench.data.images import Images
from bench.data.mnist_1d import MNIST_1D, fetch, fresh


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Images:
    root = tmp_path_factory.mktemp("data")
    assert fetch(root) == "its generator"
    return MNIST_1D.load(root)


def test_the_published_set_is_the_authors(published: Images) -> None:
    with Path(__file__).with_name("mnist_1d.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            part, index = row["part"], int(row["index"])
            expected = [float(row[f"x{point}"]) for point in range(40)]
            assert getattr(published, f"{part}_labels")[index] == int(row["label"])
            np.testing.assert_allclose(getattr(published, f"{part}_images")[index], expected, atol=5e-7)


@pytest.mark.slow
def test_fresh_examples_are_of_the_published_distribution_and_new(published: Images) -> None:
    """Each point of each class, by Kolmogorov and Smirnov: 400 tests, the least p against Bonferroni's 1e-4 / 400."""
    examples, labels = fresh(20_000, seed=1)
    assert examples.shape == (20_000, 40)
    assert np.bincount(labels).min() > 2_000 - 5 * 2_000**0.5
    every = np.concatenate([published.train_images, published.test_images])
    named = np.concatenate([published.train_labels, published.test_labels])
    least = min(
        stats.ks_2samp(examples[labels == label, point], every[named == label, point]).pvalue
        for label in range(10)
        for point in range(40)
    )
    assert least > 1e-4 / 400
    assert len(np.unique(np.concatenate([examples, every]), axis=0)) == 25_000


def test_fresh_examples_hang_on_their_seed_alone() -> None:
    first, again, other = (fresh(100, seed) for seed in (3, 3, 4))
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])
