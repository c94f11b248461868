"""What a law is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.regularisers.record import Regulariser


@dataclass(frozen=True)
class Law:
    """What is always so; `broken` returns how a regulariser breaks it, or None."""

    key: str
    says: str
    broken: Callable[[Regulariser], str | None]
