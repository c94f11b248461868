"""Seeds and test images crossed: what the difference would be over new seeds and new images alike.

D[s, i] is what the condition gains over the control at seed s on image i. In the two-way layout without replication
the mean squares of seeds, images and their interaction give the variance of the mean over both (Obuchowski and
Rockette 1995; Gallas 2006, with seeds as readers and images as cases), closed form, in O(S N). Where images lie in
groups, whole groups are drawn, and a pseudo-value of each stands in place of its images.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from analysis.methods.p_value import probability
from analysis.methods.quantiles import quantile
from analysis.tables.item_groups import ItemGroups

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
    groups : int or None
        Groups of images, where these lie in some.
    floor_df : float or None
        Degrees of freedom of `floor`; None where single images are drawn, which are many.
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
    groups: int | None = None
    floor_df: float | None = None

    def projected(self, seeds: int = 1, images: int = 1) -> float:
        """Return the standard error to expect with so many times the seeds, and so many times the images, or groups.

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

    `error` is the standard error of ``images - interaction`` over images, each of which adds its own term to it;
    `log_error` is that of the logarithm of ``images``, by leaving each out in turn: for few of them.
    """

    seeds: float
    images: float
    interaction: float
    mean: float
    error: float
    log_error: float


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


def without_each(block: np.ndarray, groups: ItemGroups) -> np.ndarray:
    """Return how far pseudo-values of groups lie from the mean over all images of each row of `block` [s, N]: [s, G].

    The pseudo-value of a group is G times that mean less G - 1 times the mean without the group (Quenouille 1956; Tukey
    1958): with groups of one size, the mean of the group.
    """
    sizes, mean = groups.sizes, block.mean(axis=1, keepdims=True)
    sums = np.add.reduceat(block[:, groups.order], np.cumsum(sizes) - sizes, axis=1)
    return (groups.number - 1) * (sums - sizes * mean) / (block.shape[1] - sizes)


def mean_squares(gains: Rows, offset: np.ndarray | None = None, groups: ItemGroups | None = None) -> MeanSquares:
    """Return the mean squares of `gains` [S, N], of S and N at least 2; `offset` [S] and `groups` as in `crossed`."""
    rows, columns = gains.shape[0], gains.shape[1] if groups is None else groups.number
    by_seed, by_image, within = np.empty(rows), np.zeros(columns), np.zeros(columns)
    for start in range(0, rows, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        block = np.array(gains[some], float)
        by_seed[some] = block.mean(axis=1)
        if groups is None:
            block -= by_seed[some, None]
        else:
            block = without_each(block, groups)
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
    without = np.log(np.maximum(1 - own * columns / (columns - 1) / (images or 1.0), ROUNDING))
    log_error = math.sqrt(columns - 1) * float(without.std())
    return MeanSquares(seeds / (rows - 1), images / (columns - 1), left, grand, spread, log_error)


def crossed(gains: Rows, offset: np.ndarray | None = None, groups: ItemGroups | None = None) -> Crossed | None:
    """Return the two-way estimate from `gains` [S, N]; None where they do not vary, or there are fewer than 2 of each.

    Parameters
    ----------
    gains : ndarray or Rows, [S, N]
        Condition minus control, at each seed and image.
    offset : ndarray of float64, [S], optional
        Added to every gain of a seed: the difference in training accuracy where the metric is a gap, and `gains` are
        the control's less the condition's.
    groups : ItemGroups, optional
        Groups of images, of which whole ones are drawn.

    Notes
    -----
    Variance (MS_s + MS_i - MS_e) / (S N), at least that of the larger of seeds and images alone. Degrees of freedom by
    Satterthwaite, at least the smaller of S - 1 and N - 1. MS_i - MS_e is a sum of one term an image, with a standard
    error over images: the interval of the standard error from the test set is by the normal quantile of its square.
    Chi-squared limits would take the images' effects for normal, which a few hard images make far from it.

    With groups N is their number. Degrees of freedom are those of as many groups of equal size as these count for: a
    few that hold most images make a variance less sure than many alike. The limits of MS_i are then on its logarithm,
    with a jackknife over groups (Miller 1968), and MS_e is taken from them: those of a mean would be too low. The upper
    one is at most what effects of +-1 could make.
    """
    rows, columns = gains.shape[0], gains.shape[1] if groups is None else groups.number
    if rows < 2 or columns < 2:
        return None
    ms = mean_squares(gains, offset, groups)
    v = max(ms.seeds + ms.images - ms.interaction, ms.seeds, ms.images)
    if not v > 0:
        return None
    free = columns - 1 if groups is None else groups.effective - 1
    floor_df = None if groups is None else free
    component = ms.images - ms.interaction
    times = quantile((1 - FLOOR_LEVEL) / 2, floor_df)
    low, high = component - times * ms.error, component + times * ms.error
    if groups is not None:
        factor = math.exp(times * ms.log_error)
        most = max(component, rows * columns / groups.effective)
        low, high = ms.images / factor - ms.interaction, min(ms.images * factor - ms.interaction, most)
    parts = ms.seeds**2 / (rows - 1) + ms.images**2 / free + ms.interaction**2 / ((rows - 1) * free)
    return Crossed(
        mean=ms.mean,
        standard_error=math.sqrt(v / (rows * columns)),
        df=max(v**2 / parts, min(rows - 1, free)),
        floor=math.sqrt(max(0.0, component) / (rows * columns)),
        floor_low=math.sqrt(max(0.0, low) / (rows * columns)),
        floor_high=math.sqrt(max(0.0, high) / (rows * columns)),
        seed_floor=math.sqrt(max(0.0, ms.seeds - ms.interaction) / (rows * columns)),
        seeds=rows,
        images=gains.shape[1],
        groups=None if groups is None else columns,
        floor_df=floor_df,
    )
