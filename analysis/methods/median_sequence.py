"""The median difference, looked at after every seed: a confidence sequence that no heavy tail can break."""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass
from functools import cache

import numpy as np

from analysis.base.records import Record
from analysis.tables.pairing import Pairs


@dataclass(frozen=True, kw_only=True)
class MedianLook(Record):
    """What was known of the median difference after some pairs.

    Parameters
    ----------
    n : int
        Pairs seen.
    median : float
        Median of their differences.
    low, high : float or None
        Ends of the confidence sequence, two of the differences; None while it is infinite.
    log_e_value : float
        Natural logarithm of the e-value against a median of 0.
    """

    n: int
    median: float
    low: float | None
    high: float | None
    log_e_value: float

    @property
    def centre(self) -> float:
        """The estimate."""
        return self.median

    @property
    def ends(self) -> tuple[float, float] | None:
        """Both ends of the sequence; None while it is infinite."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    def excludes_zero(self) -> bool:
        """Return whether 0 lies outside the sequence at this look."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def median_sequence(pairs: Pairs, alpha: float) -> list[MedianLook]:
    """Return the confidence sequence of the median difference after each pair, in the metric's own unit."""
    clear = np.abs(pairs.differences) > pairs.noise
    return median_looks(np.where(clear, pairs.differences, 0.0) / pairs.scale, alpha)


def median_looks(differences: np.ndarray, alpha: float) -> list[MedianLook]:
    """Return the confidence sequence of the median of `differences` [n], after each of them.

    Notes
    -----
    A bet on the signs about a value, mixed over Beta(1/2, 1/2): the product of what each difference pays has, where the
    value is the median, expectation at most 1 at every look, so that it ever reaches 1 / alpha with probability at most
    alpha (Ville 1939; Krichevsky and Trofimov 1981). The sequence is the set of values at which it has not: two of the
    ordered differences.
    """
    found, ordered, above, level = [], [], 0, 0
    for n, each in enumerate(map(float, differences), start=1):
        insort(ordered, each)
        above, level = above + (each > 0), level + (each == 0)
        outside = left_out(n, alpha)
        ends = (None, None) if outside is None else (ordered[outside], ordered[n - 1 - outside])
        median = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
        log_e = log_e_value(above, level, n)
        found.append(MedianLook(n=n, median=median, low=ends[0], high=ends[1], log_e_value=log_e))
    return found


def log_e_value(above: int, level: int, n: int) -> float:
    """Return ln of the e-value against a value as the median of `n` differences.

    `above` of them are above it and `level` equal to it: these stand on the side, or sides, that make it least.
    """
    return _log_e(min(max(n // 2, above), above + level), n)


@cache
def left_out(n: int, alpha: float) -> int | None:
    """Return how many of `n` ordered differences lie outside the sequence at each end; None while it is infinite.

    That is the most differences on one side of a value for which the e-value reaches 1 / alpha.
    """
    reached = -math.log(alpha)
    if _log_e(0, n) < reached:
        return None
    low, high = 0, n // 2  # the e-value falls up to the half, where it is at most 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _log_e(middle, n) >= reached else (low, middle)
    return low


def _log_e(above: int, n: int) -> float:
    """Return ln of Beta(k + 1/2, n - k + 1/2) / Beta(1/2, 1/2) over 2^-n, for k `above`."""
    mixed = math.lgamma(above + 0.5) + math.lgamma(n - above + 0.5) - math.lgamma(n + 1)
    return mixed - math.log(math.pi) + n * math.log(2)
