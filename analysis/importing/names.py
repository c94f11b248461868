"""Settings by the names that people give them: what is usually the condition, and what the seed."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.tables.names import CONDITION, KNOWN, SEED, last_part

CONDITIONS = (CONDITION, *KNOWN[CONDITION])
"""``condition`` before all others; the rest are alike."""

SEEDS = (SEED, *KNOWN[SEED])
"""The first that a log has is it."""


def matching(wanted: str, names: Iterable[str]) -> list[str]:
    """Return the name that is `wanted` exactly, else those whose last part it is."""
    known = list(names)
    if wanted in known:
        return [wanted]
    return [name for name in known if last_part(name) == last_part(wanted)]
