"""Where the differences of made-up studies come from: the noises of each arm, and the true centres of a difference.

The three centres, the mean, the median and the typical difference (median of the average of two), are one where
differences are symmetric, and three numbers where one arm alone is skewed or has rare bad runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy import optimize, stats

import analysis
from analysis.answer.compare import family_of
from analysis.methods.walsh_averages import WalshAverages
from tests.statistical.calibration.noise import HEAVY, IMAGES, LATTICE, NORMAL, SKEWED, UNEQUAL, Noise

REFERENCE = Path(__file__).parents[3] / "results" / "reference"
RESAMPLED = {1: ("book",), 3: ("book", "dropout-0.3", "dropout-0.7")}
"""Conditions of the reference study that stand for one condition, and for three."""

BAD, FALL = 0.05, 30.0
"""Share of an arm's runs that end badly, and by how many standard deviations of the others."""


@dataclass(frozen=True)
class Centres:
    """The true centre of the differences of each condition, [K] or one for all, in steps."""

    typical: np.ndarray | float = 0.0
    mean: np.ndarray | float = 0.0
    median: np.ndarray | float = 0.0


@dataclass(frozen=True)
class Population:
    """Differences of K conditions from one control.

    Parameters
    ----------
    name : str
    draw : callable
        (generator, runs, n, K) -> differences [runs, n, K], in steps of `scale`.
    sd : float
        About the standard deviation of one difference, bad runs aside: what the effect of a test set is measured in.
    centres : callable
        K -> their true centres.
    scale : int or None
        Denominator where the metric is a count.
    """

    name: str
    draw: Callable[[np.random.Generator, int, int, int], np.ndarray]
    sd: float
    centres: Callable[[int], Centres] = lambda conditions: Centres()
    scale: int | None = None


def alike(noise: Noise) -> Population:
    """Return differences of this noise; where there are several conditions, differences of arms of this noise."""

    def draw(rng: np.random.Generator, runs: int, n: int, conditions: int) -> np.ndarray:
        if conditions == 1:
            return noise.draw(rng, (runs, n, 1))
        return noise.against_control(rng, runs, n, conditions)

    def centres(conditions: int) -> Centres:
        if noise is SKEWED and conditions == 1:
            return Centres(typical=float(stats.gamma.median(2)) / 2 - 1, median=float(np.log(2)) - 1)
        return Centres()

    return Population(noise.name, draw, noise.sd, centres, noise.scale)


def in_control(
    name: str, draw: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray], truth: Centres
) -> Population:
    """Return differences of normal arms from one control whose errors are drawn otherwise: all of them at once."""

    def differences(rng: np.random.Generator, runs: int, n: int, conditions: int) -> np.ndarray:
        return rng.standard_normal((runs, n, conditions)) - draw(rng, (runs, n, 1))

    return Population(name, differences, 2**0.5, lambda conditions: truth)


def centres_of(values: np.ndarray, weights: np.ndarray, variance: float) -> Centres:
    """Return the centres of a normal error with this `variance` less one of `values`, drawn with these `weights`."""
    two, both = values[:, None] + values, weights[:, None] * weights

    def middle(of: np.ndarray, weight: np.ndarray, spread: float) -> float:
        below = lambda x: float((weight * stats.norm.cdf((x + of) / spread)).sum()) - 0.5  # noqa: E731
        return float(optimize.brentq(below, -2 * FALL, 2 * FALL, xtol=1e-12))

    return Centres(
        typical=middle(two, both, (2 * variance) ** 0.5) / 2,
        mean=-float(weights @ values),
        median=middle(values, weights, variance**0.5),
    )


def _log_normal(normal: np.ndarray) -> np.ndarray:
    """Return log-normal errors with mean 0 and standard deviation 1."""
    return (np.exp(normal) - np.exp(0.5)) / np.sqrt(np.exp(2.0) - np.exp(1.0))


def _log_normal_centres() -> Centres:
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    return centres_of(_log_normal(nodes), weights / weights.sum(), 1.0)


def _with_bad_runs(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.standard_normal(shape) - FALL * (rng.random(shape) < BAD)


@cache
def reference(conditions: Sequence[str]) -> np.ndarray:
    """Return the differences [100, K] of the reference study's test accuracies, in images."""
    by_label = {
        arms.every.condition: arms.every for arms in family_of(analysis.load(REFERENCE), "test_accuracy", "none")
    }
    chosen = [by_label[label] for label in conditions]
    assert {pairs.scale for pairs in chosen} == {IMAGES}
    return np.column_stack([pairs.differences for pairs in chosen])


def _drawn_again(rng: np.random.Generator, runs: int, n: int, conditions: int) -> np.ndarray:
    seeds = reference(RESAMPLED[conditions])
    return seeds[rng.integers(0, len(seeds), (runs, n))]


def _of_all_seeds(conditions: int) -> Centres:
    seeds = reference(RESAMPLED[conditions])
    typical = np.array([WalshAverages(column).median for column in seeds.T])
    return Centres(typical, seeds.mean(axis=0), np.median(seeds, axis=0))


ONE_SKEWED = in_control(
    "log-normal noise in one arm", lambda rng, shape: _log_normal(rng.standard_normal(shape)), _log_normal_centres()
)
ONE_BAD = in_control(
    "rare bad runs in one arm", _with_bad_runs, centres_of(np.array([0.0, -FALL]), np.array([1 - BAD, BAD]), 2.0)
)
BOTH_BAD = Population("rare bad runs in both arms", Noise("", _with_bad_runs, 1.0).against_control, 2**0.5)
SEEDS_AGAIN = Population("reference study, seeds drawn again", _drawn_again, 100.0, _of_all_seeds, IMAGES)

POPULATIONS = (
    *(alike(noise) for noise in (NORMAL, HEAVY, SKEWED, LATTICE, UNEQUAL)),
    ONE_SKEWED,
    ONE_BAD,
    BOTH_BAD,
    SEEDS_AGAIN,
)
