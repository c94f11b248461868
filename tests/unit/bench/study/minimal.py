"""A small study whose parts tests change."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

MINIMAL = tomllib.loads(
    """
name = "minimal"
[data]
name = "fashion_mnist"
[model]
hidden = [256, 256]
[training]
epochs = 10
batch_size = 256
learning_rate = 0.5
[trials]
seeds = 10
devices = ["cpu"]
[[conditions]]
label = "none"
[[conditions]]
label = "book"
dropout = [0.2, 0.5]
[grid]
dropout = [0.1, 0.3, 0.5]
[analysis]
control = "none"
primary = "test_accuracy"
margin = 0.001
alpha = 0.05
"""
)
NAN, INF = float("nan"), float("inf")
REMOVE = object()


def changed(where: str, value: Any) -> dict[str, Any]:
    """Return the minimal study with one value replaced or removed."""
    document = copy.deepcopy(MINIMAL)
    *path, last = [int(part) if part.isdecimal() else part for part in where.split(".")]
    table: Any = document
    for part in path:
        table = table[part]
    if value is REMOVE:
        del table[last]
    else:
        table[last] = value
    return document


def varied(**conditions: dict[str, Any]) -> dict[str, Any]:
    """Return a study without learning rate and widths of its own, with these conditions."""
    document = copy.deepcopy(MINIMAL)
    del document["training"]["learning_rate"], document["model"]["hidden"], document["grid"]
    document["conditions"] = [{"label": label} | table for label, table in conditions.items()]
    return document


NARROW, DEEP = {"hidden": [8], "learning_rate": 0.1}, {"hidden": [16, 8, 4], "learning_rate": 0.5, "dropout": 0.2}
