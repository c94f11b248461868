"""Statistics of hidden units before and after the mask: by epoch, at the end, and against the control by seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.base.records import Record
from analysis.methods.paired_t import difference, half_width, t_test
from analysis.methods.recorded_units import MEAN, PREFIXES, VARIANCE, Points, Recorded
from analysis.tables.pairing import pair


@dataclass(frozen=True, kw_only=True)
class LeftOut(Record):
    """Trials of a condition whose hidden units were recorded, and those of them that diverged: in no other number."""

    condition: str
    n: int
    diverged: int


@dataclass(frozen=True, kw_only=True)
class Place(Record):
    """Where hidden units are: condition, hidden layer from 1, and side of the mask, ``before`` or ``after``."""

    condition: str
    layer: int
    side: str


@dataclass(frozen=True, kw_only=True)
class VarianceCurve(Place):
    """Variance of the hidden units by epoch, over seeds.

    Parameters
    ----------
    epochs, n : tuple of int
        Epochs at which any trial was recorded, and how many were.
    variance : tuple of float
        Mean over seeds.
    low, high : tuple of float or None
        Ends of its t interval; None below two seeds.
    """

    epochs: tuple[int, ...]
    n: tuple[int, ...]
    variance: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class UnitStatistics(Place):
    """Statistics of the hidden units after the last epoch: means over seeds with t intervals.

    Parameters
    ----------
    n : int
        Seeds.
    mean, variance, zeros : float
        Statistics of the units, over units and images; `zeros` is the share of units that are 0.
    mean_low, mean_high, variance_low, variance_high, zeros_low, zeros_high : float or None
        None below two seeds.
    variance_by_theory : float or None
        Variance of inverted dropout at the layer's rate; None before the mask, and where no rate is known.
    """

    n: int
    mean: float
    mean_low: float | None
    mean_high: float | None
    variance: float
    variance_low: float | None
    variance_high: float | None
    zeros: float
    zeros_low: float | None
    zeros_high: float | None
    variance_by_theory: float | None = None


@dataclass(frozen=True, kw_only=True)
class VarianceDifference(Place):
    """Difference of the variance after the last epoch to the control's, paired by seed.

    Parameters
    ----------
    n_pairs : int
    difference, low, high : float or None
        Mean and its t interval; None without a pair, the interval below two.
    """

    n_pairs: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Activations(Record):
    """Statistics of the hidden units of several conditions.

    Parameters
    ----------
    alpha : float
        Error rate of each interval, which holds for itself.
    control : str
    layers : tuple of int
        Hidden layers that were recorded, from 1.
    left_out : tuple of LeftOut
        One per condition.
    curves : tuple of VarianceCurve
    ends : tuple of UnitStatistics
    differences : tuple of VarianceDifference
        Layers that the control lacks have none.
    """

    alpha: float
    control: str
    layers: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    curves: tuple[VarianceCurve, ...]
    ends: tuple[UnitStatistics, ...]
    differences: tuple[VarianceDifference, ...]


def activations(
    recorded: Sequence[Recorded], rates: Mapping[str, Sequence[float]], control: str, alpha: float
) -> Activations | None:
    """Return what `recorded` says of the conditions in `rates`; None where nothing was recorded.

    Parameters
    ----------
    recorded : sequence of Recorded
        Trials that diverged are counted in `left_out`, and are in nothing else.
    rates : mapping of condition to dropout rates
        One rate for each hidden layer, or one for all; empty where they are not known.
    control : str
    alpha : float
        Intervals are t intervals over seeds at 1 - `alpha`, each for itself; null below two seeds.

    Notes
    -----
    variance_by_theory, after the mask: E[h²] / (1 - p) - E[h]², from the units h before it, of inverted dropout at
    rate p; its mean over seeds. ``h' = h mask / (1 - p)`` has the mean of h, and E[h'²] = E[h²] / (1 - p).
    """
    mine = [each for each in recorded if each.condition in rates]
    if not mine:
        return None
    layers = sorted({layer for each in mine for layer in each.layers})
    by_place = {(label, layer): _trained(mine, label, layer) for label in rates for layer in layers}
    ends = {place: {seed: of[max(of)] for seed, of in trials.items()} for place, trials in by_place.items() if trials}
    places = [Place(condition=label, layer=layer, side=side) for label, layer in ends for side in PREFIXES]
    return Activations(
        alpha=alpha,
        control=control,
        layers=tuple(layers),
        left_out=tuple(
            LeftOut(condition=label, n=len(own), diverged=sum(each.diverged for each in own))
            for label in rates
            if (own := [each for each in mine if each.condition == label])
        ),
        curves=tuple(_curve(each, list(by_place[each.condition, each.layer].values()), alpha) for each in places),
        ends=tuple(
            _end(each, list(ends[each.condition, each.layer].values()), rates[each.condition], alpha) for each in places
        ),
        differences=tuple(
            _difference(each, control, (ends[each.condition, each.layer], ends[control, each.layer]), alpha)
            for each in places
            if each.condition != control and (control, each.layer) in ends
        ),
    )


def _trained(recorded: Sequence[Recorded], label: str, layer: int) -> dict[int, Points]:
    """Return the points of a condition's layer by seed, of the trials that trained."""
    return {
        each.seed: each.layers[layer]
        for each in recorded
        if each.condition == label and not each.diverged and each.layers.get(layer)
    }


def _curve(place: Place, trials: Sequence[Points], alpha: float) -> VarianceCurve:
    epochs = sorted({epoch for each in trials for epoch in each})
    side = _row(place)
    at = [[each[epoch][side, VARIANCE] for each in trials if epoch in each] for epoch in epochs]
    told = [_mean(values, alpha) for values in at]
    return VarianceCurve(
        condition=place.condition,
        layer=place.layer,
        side=place.side,
        epochs=tuple(epochs),
        n=tuple(len(values) for values in at),
        variance=tuple(mean for mean, _, _ in told),
        low=tuple(low for _, low, _ in told),
        high=tuple(high for _, _, high in told),
    )


def _row(place: Place) -> int:
    """Return the row of a place's side in what was recorded."""
    return list(PREFIXES).index(place.side)


def _end(place: Place, trials: Sequence[np.ndarray], rates: Sequence[float], alpha: float) -> UnitStatistics:
    """Return the mean of each quantity over `trials`, each `[side, quantity]`, with its interval."""
    side = _row(place)
    mean, variance, zeros = (_mean(values, alpha) for values in np.transpose([each[side] for each in trials]))
    return UnitStatistics(
        condition=place.condition,
        layer=place.layer,
        side=place.side,
        n=len(trials),
        mean=mean[0],
        mean_low=mean[1],
        mean_high=mean[2],
        variance=variance[0],
        variance_low=variance[1],
        variance_high=variance[2],
        zeros=zeros[0],
        zeros_low=zeros[1],
        zeros_high=zeros[2],
        variance_by_theory=_expected(trials, _rate(rates, place.layer)) if side else None,
    )


def _mean(values: Sequence[float] | np.ndarray, alpha: float) -> tuple[float, float | None, float | None]:
    """Return the mean with its t interval."""
    mean, n = math.fsum(values) / len(values), len(values)
    if n < 2:
        return mean, None, None
    reach = half_width(1 - alpha, n - 1) * float(np.std(values, ddof=1)) / math.sqrt(n)
    return mean, mean - reach, mean + reach


def _rate(rates: Sequence[float], layer: int) -> float | None:
    """Return the dropout rate of a layer, from 1; None where it is not known, or nothing is left to have a mean."""
    given = rates[0] if len(rates) == 1 else rates[layer - 1] if layer <= len(rates) else None
    return given if given is not None and 0 <= given < 1 else None


def _expected(trials: Sequence[np.ndarray], rate: float | None) -> float | None:
    """Return the mean over `trials`, each `[side, quantity]`, of the variance after the mask by theory."""
    if rate is None:
        return None
    before = [each[0] for each in trials]
    each = [(units[VARIANCE] + units[MEAN] ** 2) / (1 - rate) - units[MEAN] ** 2 for units in before]
    return math.fsum(each) / len(each)


def _difference(
    place: Place, control: str, arms: tuple[Mapping[int, np.ndarray], Mapping[int, np.ndarray]], alpha: float
) -> VarianceDifference:
    """Return the mean difference of the variance between two `arms`, statistics by seed, with its t interval."""
    side = _row(place)
    seeds = sorted(arms[0].keys() & arms[1].keys())
    here, there = (np.array([arm[seed][side, VARIANCE] for seed in seeds], float) for arm in arms)
    pairs = pair((place.condition, control), seeds, here, there)
    test = t_test(pairs, alpha).result
    return VarianceDifference(
        condition=place.condition,
        layer=place.layer,
        side=place.side,
        n_pairs=pairs.n,
        difference=difference(pairs).result.mean_difference,
        low=test.ci_low,
        high=test.ci_high,
    )
