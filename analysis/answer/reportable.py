"""What of a comparison may be reported: on how many pairs, over which seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FEW = 5
"""Below this many pairs nothing is said about significance."""


def max_t(comparison: Mapping[str, Any]) -> float | None:
    """Return the max-t p of a comparison; None where the seeds that all conditions have are too few for one."""
    p, n, alpha = comparison["p_max_t"], comparison.get("n_max_t"), comparison["alpha"]
    if p is None or n is None or n < FEW or comparison["n_pairs"] < FEW or 2.0 ** (1 - n) > alpha:
        return None
    return p


def on_fewer_seeds(comparison: Mapping[str, Any]) -> int | None:
    """Return on how many seeds the max-t p rests where these are fewer than the pairs, else None."""
    if max_t(comparison) is None or comparison["n_max_t"] >= comparison["n_pairs"]:
        return None
    return comparison["n_max_t"]


def mean_over_pairs(comparison: Mapping[str, Any], arm: str) -> float | None:
    """Return the mean of ``condition`` or ``control`` over the pairs that the difference is made of."""
    values = [pair[arm] for pair in comparison["pairs"]]
    return sum(values) / len(values) if values else None
