"""Statistics of hidden units as the curve of a trial records them: which columns, layers and epochs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

PREFIXES = {"before": "activation", "after": "masked"}
"""What the columns of each side of the mask begin with."""
QUANTITIES = ("mean", "variance", "zeros")
_COLUMN = re.compile(rf"(?:{'|'.join(PREFIXES.values())})_(?:{'|'.join(QUANTITIES)})_([1-9]\d*)")
MEAN, VARIANCE = map(QUANTITIES.index, ("mean", "variance"))

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
