"""What a rung of the ladder found: checks, each with its figures and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

EQUIVALENT, NOT_EQUIVALENT, INCONCLUSIVE = "equivalent", "not equivalent", "inconclusive at this n"
INCOMPLETE = "incomplete: rungs were left out"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `holds` is None where it could not be decided at this n."""

    name: str
    holds: bool | None
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What one rung found, and what its checks mean."""

    rung: str
    claim: str
    checks: list[Check]
    notes: dict[str, Any] = field(default_factory=dict)
    """How the checks were judged, where that may vary."""

    @property
    def verdict(self) -> str:
        """Not equivalent where a check fails; inconclusive where none fails but some could not be decided."""
        outcomes = {check.holds for check in self.checks}
        if False in outcomes:
            return NOT_EQUIVALENT
        return INCONCLUSIVE if None in outcomes or not self.checks else EQUIVALENT

    def failed(self) -> list[str]:
        """Return the names of the checks that do not hold."""
        return [check.name for check in self.checks if check.holds is False]
