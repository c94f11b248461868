"""What pairing is worth: how pairs correlate, and how many seeds it takes beside another way of pairing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from analysis.base.records import Record
from analysis.tables.pairing import rounding, varies

FEWEST = 4
"""Pairs below which no interval is given: leaving one out leaves no spread."""
_LINE = 1e-9
"""What a correlation lacks to 1 where sums less a row's have too few digits to tell."""
_MOST = 0.9
"""Share of the spread from which a row has most of it."""


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
        centre, low, high = map(_number, np.tanh(_jackknifed(_z(pairs), alpha)))
        found = replace(found, correlation=centre, correlation_low=low, correlation_high=high)
        centre, low, high = map(_number, np.exp(_jackknifed(_log_gain(pairs), alpha)))
        found = replace(found, seeds_unpaired=centre, seeds_unpaired_low=low, seeds_unpaired_high=high)
    if reference is None or not _differ(reference):
        return found
    needed = _log_variance(pairs) - _log_variance(reference)
    centre, low, high = map(_number, np.exp(_jackknifed(needed, alpha)))
    return replace(found, seeds_needed=centre, seeds_needed_low=low, seeds_needed_high=high)


def _differ(pairs: np.ndarray) -> bool:
    return _vary(pairs[:, 0] - pairs[:, 1], rounding(*pairs.T))


def _vary(values: np.ndarray, resolution: float) -> bool:
    """Return whether values vary by more than rounding, whichever one of them is left out."""
    ordered = np.sort(values)
    return bool(varies(ordered[1:], resolution) and varies(ordered[:-1], resolution))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _z(pairs: np.ndarray) -> np.ndarray:
    """Return artanh of the correlation of all rows, then that without each row; infinite on a line."""
    left, right = pairs.T
    found = _covariances(left, right) / np.sqrt(_covariances(left, left) * _covariances(right, right))
    for each in np.flatnonzero(1 - np.abs(found) < _LINE):
        rows = pairs if each == 0 else np.delete(pairs, each - 1, axis=0)
        found[each] = np.corrcoef(rows.T)[0, 1]
    with np.errstate(divide="ignore"):
        return np.arctanh(np.clip(found, -1, 1))


def _log_variance(pairs: np.ndarray) -> np.ndarray:
    differences = pairs[:, 0] - pairs[:, 1]
    return np.log(_covariances(differences, differences))


def _log_gain(pairs: np.ndarray) -> np.ndarray:
    return np.log(sum(_covariances(side, side) for side in pairs.T)) - _log_variance(pairs)


def _covariances(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the covariance of all rows, then that without each row, [n + 1].

    Without row i the sum of products around the mean is less by n / (n - 1) times the row's own product. Where one row
    has most of the spread, that difference has few digits, and the sum is taken over the others.
    """
    n = len(left)
    x, y = left - left.mean(), right - right.mean()
    products, own = x * y, n / (n - 1)
    without = (products.sum() - own * products) / (n - 2)
    for each in np.flatnonzero((own * x * x > _MOST * (x @ x)) | (own * y * y > _MOST * (y @ y))):
        without[each] = np.cov(np.delete(left, each), np.delete(right, each))[0, 1]
    return np.append(products.sum() / (n - 1), without)


def _jackknifed(values: np.ndarray, alpha: float) -> np.ndarray:
    """Return a statistic of all rows, and the ends of its interval, NaN where one row alone keeps it finite.

    `values` [n + 1] are the statistic of all rows, then without each row.
    """
    centre, without = values[0], values[1:]
    n = len(without)
    if not np.isfinite(without).all():
        return np.array([centre, np.nan, np.nan])
    error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    reach = -float(special.stdtrit(n - 1, alpha / 2)) * error
    return np.array([centre, centre - reach, centre + reach])
