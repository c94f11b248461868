"""Which laws the rehearsal of a study's own training code showed to be broken, as ``rehearsal.json`` has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.schema.characters import escaped

BROKEN = "broken"


@dataclass(frozen=True)
class BrokenLaw:
    """A law that the training code breaks.

    Parameters
    ----------
    name, holds : str
        Its key, and what holds of a right training.
    message : str
        The cause, and what to do.
    conditions : tuple of str
        Those that break it; empty where it is of the code as a whole.
    """

    name: str
    holds: str
    message: str
    conditions: tuple[str, ...] = ()

    def told(self) -> str:
        """Return it in a line."""
        where = f" in {', '.join(self.conditions)}" if self.conditions else ""
        return f"{self.name} is broken{where}: " + escaped(self.message, but="\n")


def broken_laws(document: Mapping[str, Any] | None, plan: Mapping[str, Any]) -> tuple[BrokenLaw, ...]:
    """Return the broken laws of a rehearsal; none where the plan is of other code than was rehearsed.

    Conditions that are not planned, or no longer, are left out.

    Parameters
    ----------
    document : mapping or None
        What ``rehearsal.json`` holds.
    plan : mapping
        What ``plan.json`` holds.
    """
    if document is None or document.get("code") not in (plan.get("versions") or {}).values():
        return ()
    planned = {each["label"] for each in plan.get("conditions", ())}
    broken = [each for each in document.get("laws", ()) if each["outcome"] == BROKEN]
    kept = [(each, tuple(label for label in each["conditions"] if label in planned)) for each in broken]
    return tuple(
        BrokenLaw(each["name"], each["holds"], each["message"], labels)
        for each, labels in kept
        if labels or not each["conditions"]
    )
