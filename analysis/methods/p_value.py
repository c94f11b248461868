"""What a p-value may be: above 0, however small the tail, and at most 1."""

from __future__ import annotations

import sys

SMALLEST = sys.float_info.min
"""The least p-value that is ever given: where a tail underflows, never 0."""


def probability(p: float) -> float:
    """Return `p` kept within (0, 1]: a tail that underflows is not a p-value of 0."""
    return float(min(1.0, max(p, SMALLEST)))
