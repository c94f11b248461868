"""How many seeds a difference needs, and what difference a number of seeds can find: power over seeds, and images."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy import optimize, stats

from analysis.methods.signed_rank_distribution import counted_off, lower_tail
from bench.schema.known_metrics import ESTIMANDS, MEAN, TYPICAL

MOST = 10_000_000
"""No plan has more seeds."""
UPPER = 0.95
"""Level of the one-sided upper limit of a pilot's standard deviation."""
EFFICIENCY = 3 / math.pi
"""Asymptotic relative efficiency of the Hodges-Lehmann estimate to the mean, normal noise (Hodges, Lehmann 1963)."""


@dataclass(frozen=True)
class Design:
    """What a study is to find, two-sided, at ``alpha / comparisons``: by the interval over seeds, or over images too.

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
    estimand : {"mean", "typical"}
        By the t interval of the mean; or by the exact one of the typical difference, at the level that it attains.
    """

    sd: float
    alpha: float
    power: float
    comparisons: int = 1
    floor: float = 0.0
    estimand: str = MEAN

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

    def tail(self, n: int) -> float:
        """Return the error of `n` pairs at one end; 0 where they have no interval."""
        tail = self.alpha / (2 * self.comparisons)
        return lower_tail(n, counted_off(n, tail) - 1) if self.estimand == TYPICAL else tail

    def achieved(self, n: int, delta: float) -> float:
        """Return the probability that `n` pairs find a difference of `delta`, either tail counted."""
        tail = self.tail(n)
        if not tail:
            return 0.0
        by_seeds = self.sd**2 / (n * (EFFICIENCY if self.estimand == TYPICAL else 1.0))
        variance = by_seeds + self.floor**2
        df = min((n - 1) * (variance / by_seeds) ** 2, float(MOST))  # Satterthwaite; images are many
        shift = abs(delta) / math.sqrt(variance)
        critical = float(stats.t.isf(tail, df))
        found = float(stats.nct.sf(critical, df, shift)) + float(stats.nct.cdf(-critical, df, shift))
        return min(1.0, found) if math.isfinite(found) else 1.0

    def seeds(self, delta: float) -> int | None:
        """Return the least number of seeds that finds `delta` with the power; None beyond `MOST`, or if none does."""
        high = 2
        while self.achieved(high, delta) < self.power:
            high *= 2
            if high > MOST:
                return None
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.achieved(middle, delta) >= self.power else (middle, high)
        return max(2, high)

    def detectable(self, n: int) -> float | None:
        """Return the least difference that `n` seeds, 2 or more, find with the power; None where nothing is tested."""
        if not self.tail(n):
            return None
        far = self.sd + self.floor
        while self.achieved(n, far) < self.power:
            far *= 2

        def lacking(delta: float) -> float:
            return self.achieved(n, delta) - self.power

        return cast("float", optimize.brentq(lacking, 0.0, far, xtol=1e-15, rtol=np.float64(1e-13)))


def upper_sd(sd: float, n: int, level: float = UPPER) -> float:
    """Return the one-sided upper limit of a standard deviation seen in `n` normal differences."""
    return sd * math.sqrt((n - 1) / float(stats.chi2.ppf(1 - level, n - 1)))
