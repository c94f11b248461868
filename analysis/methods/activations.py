"""Statistics of hidden units before and after the mask: by epoch, at the end, and against the control by seed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.methods.paired_t import difference, half_width, t_test
from analysis.tables.pairing import pair

PREFIXES = {"before": "activation", "after": "masked"}
"""What the columns of each side of the mask begin with."""
QUANTITIES = ("mean", "variance", "zeros")
_COLUMN = re.compile(rf"(?:{'|'.join(PREFIXES.values())})_(?:{'|'.join(QUANTITIES)})_([1-9]\d*)")
_MEAN, _VARIANCE = map(QUANTITIES.index, ("mean", "variance"))

Points = Mapping[int, np.ndarray]
"""Statistics of one layer of one trial by epoch: `[side, quantity]`, sides and quantities in the order above."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """A trial's statistics: `layers` has the `Points` of each hidden layer, from 1."""

    condition: str
    seed: int
    diverged: bool
    layers: Mapping[int, Points]


def layer_of(column: str) -> int | None:
    """Return the hidden layer, from 1, that a column of the curves tells of; None of any other column."""
    found = _COLUMN.fullmatch(column)
    return None if found is None else int(found[1])


def points(epochs: np.ndarray, curve: Mapping[str, np.ndarray], layer: int) -> Points:
    """Return the epochs `[e]` of a curve at which every statistic of a layer is a finite number, with these."""
    names = [f"{prefix}_{quantity}_{layer}" for prefix in PREFIXES.values() for quantity in QUANTITIES]
    if not all(name in curve for name in names):
        return {}
    values = np.stack([curve[name] for name in names], axis=1).reshape(len(epochs), len(PREFIXES), len(QUANTITIES))
    return {int(epoch): each for epoch, each in zip(epochs, values, strict=True) if np.isfinite(each).all()}


def activations(
    recorded: Sequence[Recorded], rates: Mapping[str, Sequence[float]], control: str, alpha: float
) -> dict[str, Any] | None:
    """Return what `recorded` says of the conditions in `rates`; None where nothing was recorded.

    Parameters
    ----------
    recorded : sequence of Recorded
        Trials that diverged are counted in ``left_out``, and are in nothing else.
    rates : mapping of condition to dropout rates
        One rate for each hidden layer, or one for all; empty where they are not known.
    control : str
    alpha : float
        Intervals are t intervals over seeds at 1 - `alpha`, each for itself; null below two seeds.

    Returns
    -------
    dict
        ``curves``: the variance by epoch; ``ends``: every statistic at the trial's last epoch; ``differences``: of that
        variance to the control's, paired by seed. Each by condition, layer and ``side`` of the mask.

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
    return {
        "alpha": alpha,
        "control": control,
        "layers": layers,
        "left_out": [
            {"condition": label, "n": len(own), "diverged": sum(each.diverged for each in own)}
            for label in rates
            if (own := [each for each in mine if each.condition == label])
        ],
        "curves": [
            {"condition": label, "layer": layer, "side": side}
            | _curve(list(by_place[label, layer].values()), at, alpha)
            for label, layer in ends
            for at, side in enumerate(PREFIXES)
        ],
        "ends": [
            {"condition": label, "layer": layer, "side": side}
            | _end([each[at] for each in trials.values()], alpha)
            | {"variance_by_theory": _expected(list(trials.values()), _rate(rates[label], layer)) if at else None}
            for (label, layer), trials in ends.items()
            for at, side in enumerate(PREFIXES)
        ],
        "differences": [
            {"condition": label, "layer": layer, "side": side}
            | _difference((label, control), trials, ends[control, layer], at, alpha)
            for (label, layer), trials in ends.items()
            for at, side in enumerate(PREFIXES)
            if label != control and (control, layer) in ends
        ],
    }


def _trained(recorded: Sequence[Recorded], label: str, layer: int) -> dict[int, Points]:
    """Return the points of a condition's layer by seed, of the trials that trained."""
    return {
        each.seed: each.layers[layer]
        for each in recorded
        if each.condition == label and not each.diverged and each.layers.get(layer)
    }


def _curve(trials: Sequence[Points], side: int, alpha: float) -> dict[str, list[Any]]:
    epochs = sorted({epoch for each in trials for epoch in each})
    at = [[each[epoch][side, _VARIANCE] for each in trials if epoch in each] for epoch in epochs]
    told = [_mean(values, alpha) for values in at]
    mean, low, high = (list(each) for each in zip(*told, strict=True))
    return {"epochs": epochs, "n": [len(values) for values in at], "variance": mean, "low": low, "high": high}


def _end(trials: Sequence[np.ndarray], alpha: float) -> dict[str, Any]:
    """Return n, and the mean of each quantity over `trials`, each `[quantity]`, with its interval."""
    found: dict[str, Any] = {"n": len(trials)}
    for name, values in zip(QUANTITIES, np.transpose(trials), strict=True):
        found |= dict(zip((name, f"{name}_low", f"{name}_high"), _mean(values, alpha), strict=True))
    return found


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
    each = [(units[_VARIANCE] + units[_MEAN] ** 2) / (1 - rate) - units[_MEAN] ** 2 for units in before]
    return math.fsum(each) / len(each)


def _difference(
    names: tuple[str, str],
    condition: Mapping[int, np.ndarray],
    control: Mapping[int, np.ndarray],
    side: int,
    alpha: float,
) -> dict[str, Any]:
    """Return n_pairs and the mean difference of the variance with its t interval."""
    seeds = sorted(condition.keys() & control.keys())
    here, there = (np.array([arm[seed][side, _VARIANCE] for seed in seeds], float) for arm in (condition, control))
    pairs = pair(names, seeds, here, there)
    test = t_test(pairs, alpha).result
    mean = difference(pairs).result.mean_difference
    return {"n_pairs": pairs.n, "difference": mean, "low": test.ci_low, "high": test.ci_high}
