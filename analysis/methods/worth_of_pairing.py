"""What pairing is worth: how pairs correlate, and how many seeds it takes beside another way of pairing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from analysis.base.records import Record
from analysis.tables.pairing import rounding, varies

FEWEST = 4
"""Pairs below which no interval is given: leaving one out leaves no spread."""


@dataclass(frozen=True, kw_only=True)
class WorthOfPairing(Record):
    """Correlation and spread of pairs; None where pairs are too few, or one alone makes a value vary.

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
    if n < FEWEST or not _differ(pairs):
        return found
    found = replace(found, sd_difference=float((pairs[:, 0] - pairs[:, 1]).std(ddof=1)))
    if all(_vary(side, rounding(side)) for side in pairs.T):
        centre, low, high = map(_number, np.tanh(_jackknifed(lambda rows: _z(pairs[rows]), n, alpha)))
        found = replace(found, correlation=centre, correlation_low=low, correlation_high=high)
        centre, low, high = map(_number, np.exp(_jackknifed(lambda rows: _log_gain(pairs[rows]), n, alpha)))
        found = replace(found, seeds_unpaired=centre, seeds_unpaired_low=low, seeds_unpaired_high=high)
    if reference is None or not _differ(reference):
        return found
    centre, low, high = map(
        _number,
        np.exp(_jackknifed(lambda rows: _log_variance(pairs[rows]) - _log_variance(reference[rows]), n, alpha)),
    )
    return replace(found, seeds_needed=centre, seeds_needed_low=low, seeds_needed_high=high)


def _differ(pairs: np.ndarray) -> bool:
    return _vary(pairs[:, 0] - pairs[:, 1], rounding(*pairs.T))


def _vary(values: np.ndarray, resolution: float) -> bool:
    """Return whether values vary by more than rounding, whichever one of them is left out."""
    ordered = np.sort(values)
    return bool(varies(ordered[1:], resolution) and varies(ordered[:-1], resolution))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _z(pairs: np.ndarray) -> float:
    with np.errstate(divide="ignore"):
        return float(np.arctanh(np.clip(np.corrcoef(pairs.T)[0, 1], -1, 1)))


def _log_variance(pairs: np.ndarray) -> float:
    return float(np.log((pairs[:, 0] - pairs[:, 1]).var(ddof=1)))


def _log_gain(pairs: np.ndarray) -> float:
    return float(np.log(pairs.var(axis=0, ddof=1).sum())) - _log_variance(pairs)


def _jackknifed(statistic: Callable[[np.ndarray], float], n: int, alpha: float) -> np.ndarray:
    """Return a statistic of all rows, and the ends of its interval, NaN where one row alone keeps it finite."""
    rows = np.arange(n)
    centre, without = statistic(rows), np.array([statistic(rows[rows != each]) for each in rows])
    if not np.isfinite(without).all():
        return np.array([centre, np.nan, np.nan])
    error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    reach = -float(special.stdtrit(n - 1, alpha / 2)) * error
    return np.array([centre, centre - reach, centre + reach])
