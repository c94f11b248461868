"""What pairing is worth: how pairs correlate, and how many seeds it takes beside another way of pairing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from analysis.base.records import Record
from analysis.tables.pairing import varies

FEWEST = 4
"""Pairs below which no interval is given: leaving one out leaves no spread."""


@dataclass(frozen=True, kw_only=True)
class WorthOfPairing(Record):
    """Correlation and spread of pairs; None where a value does not vary or pairs are too few.

    Parameters
    ----------
    n : int
        Pairs.
    correlation, correlation_low, correlation_high : float or None
        Pearson's, between both values of a pair.
    sd_difference : float or None
        Standard deviation of the differences, n - 1 below the sum.
    seeds_unpaired, seeds_unpaired_low, seeds_unpaired_high : float or None
        Seeds of a comparison of unpaired trials for the same interval, as a multiple of those in pairs.
    seeds_needed, seeds_needed_low, seeds_needed_high : float or None
        Seeds for the same interval, as a multiple of those that the reference takes; None without a reference.
    """

    n: int
    correlation: float | None = None
    correlation_low: float | None = None
    correlation_high: float | None = None
    sd_difference: float | None = None
    seeds_unpaired: float | None = None
    seeds_unpaired_low: float | None = None
    seeds_unpaired_high: float | None = None
    seeds_needed: float | None = None
    seeds_needed_low: float | None = None
    seeds_needed_high: float | None = None


def worth_of_pairing(pairs: np.ndarray, reference: np.ndarray | None, alpha: float) -> WorthOfPairing:
    """Return what pairing is worth.

    Parameters
    ----------
    pairs : ndarray [n, 2]
    reference : ndarray [n, 2] or None
        Pairs of the same seeds, paired in another way.
    alpha : float

    Notes
    -----
    The seeds that an interval of given width takes are in proportion to the variance of the differences, so
    seeds_needed is var(d) / var(d of the reference), and seeds_unpaired (var(a) + var(b)) / var(d). Intervals are
    Student's t, n - 1 degrees of freedom, around artanh(r) and the logarithms of the ratios, with the jackknife's
    standard error over seeds (Miller 1968, Annals of Mathematical Statistics 39, 567-582; 1974, Biometrika 61, 1-15):
    F and Fisher's z take values as normal, and miss four times as often as they promise where tails are long.
    """
    n = len(pairs)
    found = WorthOfPairing(n=n)
    if n < FEWEST or not _vary(pairs):
        return found
    found = replace(found, sd_difference=float((pairs[:, 0] - pairs[:, 1]).std(ddof=1)))
    if varies(pairs[:, 0], 0.0) and varies(pairs[:, 1], 0.0):
        centre, low, high = np.tanh(_jackknifed(lambda rows: _z(pairs[rows]), n, alpha))
        found = replace(found, correlation=float(centre), correlation_low=float(low), correlation_high=float(high))
    centre, low, high = np.exp(_jackknifed(lambda rows: _log_gain(pairs[rows]), n, alpha))
    found = replace(found, seeds_unpaired=float(centre), seeds_unpaired_low=float(low), seeds_unpaired_high=float(high))
    if reference is None or not _vary(reference):
        return found
    centre, low, high = np.exp(
        _jackknifed(lambda rows: _log_variance(pairs[rows]) - _log_variance(reference[rows]), n, alpha)
    )
    return replace(found, seeds_needed=float(centre), seeds_needed_low=float(low), seeds_needed_high=float(high))


def _vary(pairs: np.ndarray) -> bool:
    """Return whether the differences vary, whichever one of them is left out."""
    differences = np.sort(pairs[:, 0] - pairs[:, 1])
    return bool(varies(differences[1:], 0.0) and varies(differences[:-1], 0.0))


def _z(pairs: np.ndarray) -> float:
    with np.errstate(divide="ignore"):
        return float(np.arctanh(np.clip(np.corrcoef(pairs.T)[0, 1], -1, 1)))


def _log_variance(pairs: np.ndarray) -> float:
    return float(np.log((pairs[:, 0] - pairs[:, 1]).var(ddof=1)))


def _log_gain(pairs: np.ndarray) -> float:
    return float(np.log(pairs.var(axis=0, ddof=1).sum())) - _log_variance(pairs)


def _jackknifed(statistic: Callable[[np.ndarray], float], n: int, alpha: float) -> np.ndarray:
    """Return a statistic of all rows, and the ends of its interval."""
    rows = np.arange(n)
    centre, without = statistic(rows), np.array([statistic(rows[rows != each]) for each in rows])
    error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    reach = float(stats.t.isf(alpha / 2, n - 1)) * error
    return np.array([centre, centre - reach, centre + reach])
