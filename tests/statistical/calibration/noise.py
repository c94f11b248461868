"""Made-up differences whose truth is known: centred at 0, seed by seed, in the forms that real ones take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.base.records import Record
from analysis.tables.pairing import Pairs, pair

ALPHA = 0.05
SIZES = (6, 10, 30)
"""Seeds: the fewest at which an exact test can reach `ALPHA`, as many as the default study has, and plenty."""

FEWER_FLIPS = 1_999
"""In place of 99,999 from 15 seeds on, where a simulation has thousands of families: (b + 1) / (B + 1) keeps its level
with any number."""

IMAGES = 10_000
"""Of the test set whose counts a lattice is made of."""

_SEED = 20_261_123


def generator(*name: object) -> np.random.Generator:
    """Return the random numbers of the simulation of this name, the same in every run and whichever tests run."""
    return np.random.default_rng([_SEED, *repr(name).encode()])


@dataclass(frozen=True)
class Noise:
    """A distribution of errors.

    Parameters
    ----------
    name : str
    draw : callable
        (generator, shape) -> errors; seeds along axis 1.
    sd : float
        Root mean square of one error.
    scale : int or None
        Denominator where errors are counts.
    """

    name: str
    draw: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
    sd: float
    scale: int | None = None

    def pairs(self, differences: np.ndarray, label: str = "a") -> Pairs:
        """Return `differences` [n], which are whole numbers where errors are counts, as pairs."""
        seeds, kind = np.arange(len(differences)), float if self.scale is None else np.int64
        return pair((label, "control"), seeds, differences.astype(kind), np.zeros(len(differences), kind), self.scale)

    def family(self, differences: np.ndarray) -> list[Pairs]:
        """Return the columns of `differences` [n, K] as pairs of K conditions."""
        return [self.pairs(column, f"c{k}") for k, column in enumerate(differences.T)]

    def against_control(self, rng: np.random.Generator, runs: int, n: int, conditions: int) -> np.ndarray:
        """Return differences [runs, n, conditions] from one control: the errors of each arm less the control's."""
        arms = self.draw(rng, (runs, n, conditions + 1))
        return arms[:, :, 1:] - arms[:, :, :1]

    def whole(self, size: float) -> float:
        """Return an effect that differences of this kind can have: a whole number where they are counts."""
        return size if self.scale is None else float(round(size))

    @property
    def unit(self) -> float:
        """One step of `pairs` in the metric's own unit."""
        return 1.0 if self.scale is None else 1 / self.scale


def _spread_by_seed(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return normal errors whose standard deviation rises from 1/3 to 3 over the seeds."""
    spread = np.geomspace(1 / 3, 3, shape[1]).reshape(1, -1, *[1] * (len(shape) - 2))
    return spread * rng.standard_normal(shape)


NORMAL = Noise("normal", lambda rng, shape: rng.standard_normal(shape), 1.0)
HEAVY = Noise("heavy tails (t on 3 df)", lambda rng, shape: rng.standard_t(3, shape), 3**0.5)
LATTICE = Noise("lattice (counts, SD 2)", lambda rng, shape: np.rint(2 * rng.standard_normal(shape)), 2.0, scale=IMAGES)
UNEQUAL = Noise("spread differs by seed, 1 to 9", _spread_by_seed, 1.46)
SKEWED = Noise("skewed (exponential)", lambda rng, shape: rng.standard_exponential(shape) - 1, 1.0)
"""Outside what sign flips, ranks and the t test promise: what that costs is told, not hidden."""

SYMMETRIC = (NORMAL, HEAVY, LATTICE, UNEQUAL)


def ids(noise: Noise) -> str:
    """Return the name of a noise in the name of a test."""
    return noise.name.split()[0]


def rejects(p: float | None, alpha: float) -> bool:
    """Return whether a test rejects; one that gives no p does not."""
    return p is not None and p <= alpha


def misses(result: Record, low: str, high: str, truth: float) -> bool:
    """Return whether the interval between two fields leaves out `truth`; one that is None does not."""
    ends = getattr(result, low), getattr(result, high)
    return ends[0] is not None and not ends[0] <= truth <= ends[1]
