"""Looks at the same trials: whoever adds trials until the verdict pleases must pay for having looked before.

The k-th number of trials that is looked at is judged at 5% / 2^k, so that all looks together, however many, err in at
most 5%. Looking again at the same trials is no new look; trials of other sources, libraries or settings start again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.assurance.certify.judge import ALPHA
from bench.assurance.certify.ledger import Ledger
from bench.schema.documents import content_hash


@dataclass(frozen=True)
class Look:
    """Which look this is, from 1, and what it may spend."""

    number: int

    @property
    def alpha(self) -> float:
        """Return 5% / 2^number."""
        return ALPHA / 2**self.number


def take(file: Path, engine: Sequence[str], reference: Sequence[str]) -> Look:
    """Return the number of the look at the trials with these keys, having written it to `file` if it is a new one.

    Looks that share trials of the engine are looks at the same; trials of the reference serve every engine.
    """
    seen, key = Ledger(file), content_hash([sorted(engine), sorted(reference)])
    before = seen.rows()
    for row in before:
        if row["key"] == key:
            return Look(row["look"])
    number = 1 + sum(bool(set(row["engine"]) & set(engine)) for row in before)
    seen.append({"key": key, "look": number, "engine": list(engine)})
    return Look(number)
