"""How many seeds a difference or its absence needs, and what seeds can show: power over seeds, and over images."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from scipy import optimize, special

from analysis.methods.quadrature import gauss_legendre
from analysis.methods.quantiles import quantile
from analysis.methods.signed_rank_distribution import counted_off, lower_tail
from analysis.methods.verdict import FEW
from bench.schema.known_metrics import ESTIMANDS, MEAN, TYPICAL

NO_INTERVAL = 0.5
"""Error at one end of an interval from which there is none."""
MOST = 10_000_000
"""No plan has more seeds."""
UPPER = 0.95
"""Level of the one-sided upper limit of a pilot's standard deviation."""
SUPERIOR, BEYOND, NOT_INFERIOR, EQUIVALENT = GOALS = ("superior", "beyond_margin", "not_inferior", "equivalent")
"""What may be shown: the interval at 1 - alpha lies above 0 (or below), above the margin, or above minus the margin;
that at 1 - 2 alpha lies within the margin."""
EFFICIENCY = 3 / math.pi
"""Asymptotic relative efficiency of the Hodges-Lehmann estimate to the mean, normal noise (Hodges, Lehmann 1963)."""
_PANELS, _FAR, _LEFT_OUT = 12, 9.0, 1e-17
"""Panels of the integral over the standard deviation seen; standard errors and chi-squared tails that it leaves out."""


@dataclass(frozen=True)
class Design:
    """What a study is to show, at ``alpha / comparisons``, by the interval of the headline: over seeds, or images too.

    Parameters
    ----------
    sd : float
        Standard deviation of the differences between pairs.
    alpha, power : float
    comparisons : int
        Conditions that are compared with the control: Bonferroni's bound on what the family needs.
    floor : float
        The standard error that no number of seeds goes below on a test set of this size: the plan is then for new
        seeds and new test images. 0: for new seeds on this test set.
    floor_df : float or None
        Its degrees of freedom, where groups of images are drawn; None where these are single images, which are many.
    estimand : {"mean", "typical"}
        By the t interval of the mean; or by the exact one of the typical difference, at the level that it attains.
    goal : str
        One of `GOALS`.
    margin : float
        That of the goal; `SUPERIOR` has none.
    """

    sd: float
    alpha: float
    power: float
    comparisons: int = 1
    floor: float = 0.0
    estimand: str = MEAN
    goal: str = SUPERIOR
    margin: float = 0.0
    floor_df: float | None = None

    def faults(self) -> list[str]:
        """Return what is out of range."""
        faults = []
        if not (math.isfinite(self.sd) and self.sd > 0):
            faults.append(f"--sd is {self.sd:g}; allowed: a finite number above 0")
        if not 0 < self.alpha < 1:
            faults.append(f"--alpha is {self.alpha:g}; allowed: above 0 and below 1")
        if not 0 < self.power < 1 or self.power <= self.alpha:
            faults.append(f"--power is {self.power:g}; allowed: above alpha and below 1")
        if self.comparisons < 1:
            faults.append(f"--comparisons is {self.comparisons}; allowed: 1 or more")
        if self.estimand not in ESTIMANDS:
            faults.append(f"--estimand is {self.estimand!r}; allowed: {', '.join(map(repr, ESTIMANDS))}")
        return faults

    @property
    def nominal(self) -> float:
        """The error at one end of the interval that decides: that at 1 - 2 alpha for equivalence."""
        tail = self.alpha / (2 * self.comparisons)
        return 2 * tail if self.goal == EQUIVALENT else tail

    def tail(self, n: int) -> float:
        """Return the error of `n` pairs at that end; 0 where they have no verdict."""
        if self.estimand != TYPICAL:
            return self.nominal if n >= FEW else 0.0
        known = counted_off(n, self.alpha / (2 * self.comparisons)) > 0
        return lower_tail(n, counted_off(n, self.nominal) - 1) if known else 0.0

    def possible(self, delta: float) -> bool:
        """Return whether the goal is true at a difference `delta`: else no number of seeds may show it."""
        return self._gap(delta) > 0

    def _gap(self, delta: float) -> float:
        """Return how far a true difference is from what would make the goal untrue."""
        if self.goal == EQUIVALENT:
            return self.margin - abs(delta)
        return {SUPERIOR: abs(delta), BEYOND: delta - self.margin, NOT_INFERIOR: delta + self.margin}[self.goal]

    def achieved(self, n: int, delta: float) -> float:
        """Return the probability that `n` pairs show the goal at a true difference `delta`, in the sense of benefit.

        For `SUPERIOR` either tail counts: a difference in either direction is one.

        Notes
        -----
        The half width of the interval follows from the standard deviation seen, s: h(s)^2 = (t s / sqrt(n))^2 +
        (z floor)^2. Given s the estimate is normal, and the integral over the chi distribution of s is that of Owen's Q
        (Owen 1965) for a floor of 0. The floor counts as known, but for the quantile of its interval.
        """
        tail, far = self.tail(n), abs(delta) + self.margin
        if not 0 < tail < NO_INTERVAL:
            return 0.0
        by_seeds = self.sd / math.sqrt(n * (EFFICIENCY if self.estimand == TYPICAL else 1.0))
        error, by_images = math.hypot(by_seeds, self.floor), quantile(self.nominal, self.floor_df) * self.floor
        reach = self.margin if self.goal == EQUIVALENT else far + _FAR * error
        if reach <= by_images:
            return 0.0
        slope, df = -float(special.stdtrit(n - 1, tail)) * by_seeds, n - 1
        top = math.sqrt(reach**2 - by_images**2) / slope
        low, high = (
            math.sqrt(2 * float(end(df / 2, _LEFT_OUT)) / df) for end in (special.gammaincinv, special.gammainccinv)
        )
        if top <= low:
            return 0.0
        nodes, weights = gauss_legendre(_PANELS)
        half = (min(top, high) - low) / 2
        ratio = low + half * (1 + nodes)
        density = np.exp(_log_chi(ratio * math.sqrt(df), df)) * math.sqrt(df)
        shown = self._shown(np.hypot(slope * ratio, by_images), delta, error)
        return min(1.0, float(half * (weights * density) @ shown))

    def _shown(self, half: np.ndarray, delta: float, error: float) -> np.ndarray:
        """Return the probability that an interval of this half width about a normal estimate shows the goal."""
        upper = special.ndtr((self._gap(delta) - half) / error)
        if self.goal == SUPERIOR:
            return upper + special.ndtr((-abs(delta) - half) / error)
        if self.goal == EQUIVALENT:
            return upper - special.ndtr((half - self.margin - abs(delta)) / error)
        return upper

    def seeds(self, delta: float) -> int | None:
        """Return the least number of seeds with the power at `delta`; None beyond `MOST`, or if none has it."""
        if self.floor >= self.greatest_floor(delta):
            return None
        high = 2
        while self.achieved(high, delta) < self.power:
            high *= 2
            if high > MOST:
                return None
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.achieved(middle, delta) >= self.power else (middle, high)
        return high

    def detectable(self, n: int) -> float | None:
        """Return the least difference from 0 that `n` seeds, 2 or more, find; None where nothing is tested."""
        return self._least(n, self.achieved)

    def least_margin(self, n: int, delta: float = 0.0) -> float | None:
        """Return the least margin within which `n` seeds show equivalence at `delta`; None where nothing is tested."""
        if replace(self, goal=EQUIVALENT).nominal >= NO_INTERVAL:
            return None
        return self._least(n, lambda n, margin: replace(self, goal=EQUIVALENT, margin=margin).achieved(n, delta))

    def _least(self, n: int, achieved: Callable[[int, float], float]) -> float | None:
        if not self.tail(n):
            return None
        far = self.sd + self.floor
        while achieved(n, far) < self.power:
            far *= 2

        def lacking(value: float) -> float:
            return achieved(n, value) - self.power

        return cast("float", optimize.brentq(lacking, 0.0, far, xtol=1e-15, rtol=np.float64(1e-13)))

    def greatest_floor(self, delta: float) -> float:
        """Return the standard error from the test set at which no number of seeds has the power any more.

        With seeds without end the interval is the estimate and z of these standard errors to either side.
        """
        gap, z = self._gap(delta), quantile(self.nominal, self.floor_df)
        if gap <= 0:
            return 0.0
        if self.goal != EQUIVALENT:
            return gap / (z + float(special.ndtri(self.power)))
        ends = (gap, self.margin + abs(delta))

        def lacking(precision: float) -> float:
            upper, lower = (float(special.ndtr(end * precision - z)) for end in ends)
            return upper + lower - 1 - self.power

        most = (z + float(special.ndtri((1 + self.power) / 2)) + 1) / gap
        return 1 / cast("float", optimize.brentq(lacking, 0.0, most, xtol=1e-15, rtol=np.float64(1e-13)))


def upper_sd(sd: float, n: int, level: float = UPPER) -> float:
    """Return the one-sided upper limit of a standard deviation seen in `n` normal differences."""
    return sd * math.sqrt((n - 1) / (2 * float(special.gammaincinv((n - 1) / 2, 1 - level))))


def _log_chi(x: np.ndarray, df: int) -> np.ndarray:
    """Return the logarithm of the density of the chi distribution."""
    return (df - 1) * np.log(x) - x**2 / 2 - (df / 2 - 1) * math.log(2) - float(special.gammaln(df / 2))
