"""What one statistical method returns: keys of the comparison, and why any of them is null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.tables.pairing import Pairs

SMALLEST = float(np.finfo(float).tiny)
"""The least p-value that is ever told: where a tail underflows, never 0."""


@dataclass(frozen=True)
class Finding:
    """Values under their key names (None where undefined) and a warning for each that is undefined."""

    values: Mapping[str, Any]
    warnings: tuple[str, ...] = field(default=())


def undefined(keys: Iterable[str], *why: str) -> Finding:
    """Return a finding whose `keys` are all null, and why."""
    return Finding(dict.fromkeys(keys), tuple(why))


def why_untestable(pairs: Pairs) -> str | None:
    """Return why nothing can be tested on these pairs, None where it can."""
    if pairs.n < 2:
        return f"{pairs.n} {'pair' if pairs.n == 1 else 'pairs'}: tests, intervals and effect sizes need at least 2"
    if not pairs.varies:
        value = float(np.mean(pairs.differences)) / pairs.scale
        return (
            f"no variation: all {pairs.n} differences are {value:.6g}; t, intervals and every p are null. "
            "The seed may not be applied"
        )
    return None


def probability(p: float) -> float:
    """Return `p` kept within (0, 1]: a tail that underflows is not a p-value of 0."""
    return float(min(1.0, max(p, SMALLEST)))
