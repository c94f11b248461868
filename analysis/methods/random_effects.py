"""Seeds and test images crossed: what the difference would be over new seeds and new images alike.

D[s, i] is what the condition gains over the control at seed s on image i. In the two-way layout without replication
the mean squares of seeds, images and their interaction give the variance of the mean over both (Obuchowski and
Rockette 1995; Gallas 2006, with seeds as readers and images as cases), closed form, in O(S N).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from analysis.methods.p_value import probability

ROUNDING = 1e-12
"""Relative difference of two variances, or numbers of seeds, that sums in another order can make."""


@dataclass(frozen=True)
class Crossed:
    """Estimate of one comparison by two-way random effects, seeds by images, in the metric's own unit.

    Parameters
    ----------
    mean, standard_error, df
        The mean over seeds and images with its standard error; Satterthwaite's degrees of freedom.
    floor, floor_low, floor_high : float
        The standard error that no number of seeds can go below on this test set, and its interval at `FLOOR_LEVEL`.
    seed_floor : float
        The standard error that no number of test images can go below with these seeds.
    seeds, images : int
    """

    mean: float
    standard_error: float
    df: float
    floor: float
    floor_low: float
    floor_high: float
    seed_floor: float
    seeds: int
    images: int

    def projected(self, seeds: int = 1, images: int = 1) -> float:
        """Return the standard error to expect with so many times the seeds, and so many times the images.

        The variance has a part that more seeds divide, one that more images divide, and the rest that both divide.
        """
        by_seeds, by_images = self.seed_floor**2, self.floor**2
        rest = max(0.0, self.standard_error**2 - by_seeds - by_images)
        return math.sqrt(by_seeds / seeds + by_images / images + rest / (seeds * images))

    @property
    def seeds_to_halve(self) -> int | None:
        """How many seeds halve the standard error on this test set; None where images alone exceed the half."""
        left = self.standard_error**2 / 4 - self.floor**2
        if left <= ROUNDING * self.standard_error**2:
            return None
        return math.ceil(self.seeds * (self.standard_error**2 - self.floor**2) / left * (1 - ROUNDING))

    def interval(self, alpha: float) -> tuple[float, float]:
        """Return the interval at 1 - alpha."""
        half = -float(special.stdtrit(self.df, alpha / 2)) * self.standard_error
        return self.mean - half, self.mean + half

    @property
    def p(self) -> float:
        """Two-sided p of no difference."""
        return probability(2 * float(special.stdtr(self.df, -abs(self.mean) / self.standard_error)))


@dataclass(frozen=True)
class MeanSquares:
    """Mean squares of the two-way layout without replication, and its mean.

    `error` is the standard error of ``images - interaction`` over images, each of which adds its own term to it.
    """

    seeds: float
    images: float
    interaction: float
    mean: float
    error: float


FLOOR_LEVEL = 0.95
"""Level of the interval of the standard error from the test set."""
_AT_ONCE = 32
"""Seeds whose gains are float64 at a time: as many as a core's cache holds; thousands would fill the memory."""


class Rows(Protocol):
    """What can be read some rows at a time: an array, or one that is unpacked then."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        ...

    def __getitem__(self, rows: slice, /) -> np.ndarray:
        """Return these rows."""
        ...


def mean_squares(gains: Rows, offset: np.ndarray | None = None) -> MeanSquares:
    """Return the mean squares of `gains` [S, N], S and N at least 2; `offset` [S] as in `crossed`."""
    rows, columns = gains.shape
    by_seed, by_image, within = np.empty(rows), np.zeros(columns), np.zeros(columns)
    for start in range(0, rows, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        block = np.array(gains[some], float)
        by_seed[some] = block.mean(axis=1)
        block -= by_seed[some, None]
        by_image += block.sum(axis=0) / rows
        within += np.einsum("ij,ij->j", block, block)
    if offset is not None:
        by_seed += offset
    grand = float(by_seed.mean())
    seeds = columns * float(((by_seed - grand) ** 2).sum())
    own = rows * by_image**2
    images = float(own.sum())
    interaction = max(0.0, float(within.sum()) - images)
    left = interaction / ((rows - 1) * (columns - 1))
    spread = float((own - (within - own) / (rows - 1)).std(ddof=1)) * math.sqrt(columns) / (columns - 1)
    return MeanSquares(seeds / (rows - 1), images / (columns - 1), left, grand, spread)


def crossed(gains: Rows, offset: np.ndarray | None = None) -> Crossed | None:
    """Return the two-way estimate from `gains` [S, N]; None where they do not vary, or S or N is below 2.

    Parameters
    ----------
    gains : ndarray or Rows, [S, N]
        Condition minus control, at each seed and image.
    offset : ndarray of float64, [S], optional
        Added to every gain of a seed: the difference in training accuracy where the metric is a gap, and `gains` are
        the control's less the condition's.

    Notes
    -----
    Variance (MS_s + MS_i - MS_e) / (S N), at least that of the larger of seeds and images alone. Degrees of freedom by
    Satterthwaite, at least the smaller of S - 1 and N - 1. MS_i - MS_e is a sum of one term an image, with a standard
    error over images: the interval of the standard error from the test set is by the normal quantile of its square.
    Chi-squared limits would take the images' effects for normal, which a few hard images make far from it.
    """
    rows, columns = gains.shape
    if rows < 2 or columns < 2:
        return None
    ms = mean_squares(gains, offset)
    v = max(ms.seeds + ms.images - ms.interaction, ms.seeds, ms.images)
    if not v > 0:
        return None
    component, reach = ms.images - ms.interaction, -float(special.ndtri((1 - FLOOR_LEVEL) / 2)) * ms.error
    parts = ms.seeds**2 / (rows - 1) + ms.images**2 / (columns - 1) + ms.interaction**2 / ((rows - 1) * (columns - 1))
    return Crossed(
        mean=ms.mean,
        standard_error=math.sqrt(v / (rows * columns)),
        df=max(v**2 / parts, min(rows, columns) - 1),
        floor=math.sqrt(max(0.0, component) / (rows * columns)),
        floor_low=math.sqrt(max(0.0, component - reach) / (rows * columns)),
        floor_high=math.sqrt(max(0.0, component + reach) / (rows * columns)),
        seed_floor=math.sqrt(max(0.0, ms.seeds - ms.interaction) / (rows * columns)),
        seeds=rows,
        images=columns,
    )
