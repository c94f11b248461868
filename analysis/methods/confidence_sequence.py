"""Looking after every seed without deceiving oneself: a confidence sequence, and boundaries for planned looks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import cast

import numpy as np
from scipy import optimize, special

from analysis.base.records import Record
from analysis.methods.quadrature import gauss_legendre, normal_density
from analysis.tables.pairing import Pairs, varies

MIXTURE = 1.0
"""g: variance of the normal mixture over the effect, in units of the differences' variance."""


@dataclass(frozen=True, kw_only=True)
class Look(Record):
    """What was known after some pairs.

    Parameters
    ----------
    n : int
        Pairs seen.
    mean : float
        Mean of their differences.
    half_width : float or None
        Reach of the confidence sequence to either side of the mean; None while it is infinite.
    log_e_value : float
        Natural logarithm of the e-value against a mean of 0.
    """

    n: int
    mean: float
    half_width: float | None
    log_e_value: float

    @property
    def centre(self) -> float:
        """The estimate."""
        return self.mean

    @property
    def ends(self) -> tuple[float, float] | None:
        """Both ends of the sequence; None while it is infinite."""
        return None if self.half_width is None else (self.mean - self.half_width, self.mean + self.half_width)

    def excludes_zero(self) -> bool:
        """Return whether 0 lies outside the sequence at this look."""
        return self.half_width is not None and abs(self.mean) > self.half_width


def sequence(pairs: Pairs, alpha: float) -> list[Look]:
    """Return the confidence sequence of the mean difference after each pair, in the metric's own unit."""
    return looks(pairs.differences / pairs.scale, alpha, resolution=pairs.resolution / pairs.scale)


def looks(differences: np.ndarray, alpha: float, *, resolution: float = 0.0, g: float = MIXTURE) -> list[Look]:
    """Return the confidence sequence of the mean of `differences` [n], after each of them.

    Parameters
    ----------
    differences : ndarray, [n]
    alpha : float
    resolution : float
        Rounding error of one difference: what varies by no more does not vary.
    g : float
        Variance of the mixture.

    Notes
    -----
    The normal mixture of t statistics (Wang and Ramdas 2025; Lai 1976): over all n together it fails to cover the
    mean with probability at most `alpha` where the differences are normal, whatever their variance. The log e-value
    is the mixture's likelihood ratio against a mean of 0. Without variation it is infinite.
    """
    found, vary = [], False
    for n in range(1, len(differences) + 1):
        seen = differences[:n]
        mean = float(seen.mean())
        vary = vary or varies(seen, resolution)
        if not vary:
            found.append(Look(n=n, mean=mean, half_width=None, log_e_value=0.0))
            continue
        centred = seen - mean
        error = math.sqrt(float(np.add.reduce(centred * centred)) / (n - 1)) / math.sqrt(n)
        width = multiple(n, alpha, g) * error
        reach = width if math.isfinite(width) else None
        found.append(Look(n=n, mean=mean, half_width=reach, log_e_value=log_e_value(mean / error, n, g)))
    return found


@cache
def multiple(n: int, alpha: float, g: float = MIXTURE) -> float:
    """Return by how many standard errors the sequence reaches to either side after `n` differences."""
    scale = 1 + n * g
    k = math.exp((math.log(scale) - 2 * math.log(alpha)) / n)
    if n < 2 or k >= scale:
        return math.inf
    return math.sqrt((n - 1) * (k - 1) / (1 - k / scale))


def log_e_value(t: float, n: int, g: float = MIXTURE) -> float:
    """Return ln of the e-value of the t statistic after `n` differences; 0 after one."""
    scale = 1 + n * g
    return -math.log(scale) / 2 + n / 2 * (math.log1p(t**2 / (n - 1)) - math.log1p(t**2 / ((n - 1) * scale)))


def spent(fraction: float, alpha: float) -> float:
    """Return what has been spent at an information fraction: in each tail, Lan and DeMets' function for alpha / 2.

    That is of O'Brien and Fleming's type (Lan and DeMets 1983).
    """
    return 4 * float(special.ndtr(float(special.ndtri(alpha / 4)) / math.sqrt(fraction)))


def planned_levels(fractions: list[float], alpha: float) -> list[float]:
    """Return the two-sided level at which each planned look may reject, by recursive integration.

    Parameters
    ----------
    fractions : list of float
        Information at each look, rising, the last 1: seeds seen over seeds planned.

    Notes
    -----
    The density of the score process among paths that have not crossed is carried from look to look on a grid
    (Armitage, McPherson and Rowe 1969), and each boundary solved for what the spending function allows.
    """
    levels: list[float] = []
    grid, density, before, used = np.zeros(1), np.ones(1), 0.0, 0.0
    for fraction in fractions:
        step = math.sqrt(fraction - before)
        allowed = spent(fraction, alpha) - used
        z = _boundary(grid, density, (fraction, step), allowed)
        levels.append(2 * float(special.ndtr(-z)))
        used, bound = used + allowed, z * math.sqrt(fraction)
        nodes, weights = gauss_legendre(8)
        reach = min(bound, 9.0)
        after = nodes * reach
        density = (weights * reach) * (normal_density((after[:, None] - grid) / step) @ density) / step
        grid, before = after, fraction
    return levels


def _boundary(grid: np.ndarray, density: np.ndarray, at: tuple[float, float], allowed: float) -> float:
    """Return the z beyond which paths, at `grid` with `density` one step before, end with probability `allowed`."""
    fraction, step = at

    def beyond(z: float) -> float:
        bound = z * math.sqrt(fraction)
        return float(density @ (special.ndtr((grid - bound) / step) + special.ndtr((-bound - grid) / step)))

    return cast("float", optimize.brentq(lambda z: beyond(z) - allowed, 0.0, 40.0, xtol=1e-12))
