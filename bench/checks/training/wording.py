"""The check told: one document, and the lines for people that are made from it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from bench.checks.training.check import Checked
from bench.checks.training.law import BROKEN
from bench.schema.characters import escaped


def document(checked: Checked) -> dict[str, Any]:
    """Return everything that was found, as JSON has it."""
    return {
        "training": checked.subject.name,
        "settings": dict(checked.settings),
        "conditions": list(checked.subject.conditions),
        "laws": [
            {"name": each.law, "outcome": each.outcome, "message": escaped(each.message, but="\n")}
            for each in checked.verdicts
        ],
        "broken": checked.broken,
        "trainings": checked.trainings,
        "longest_seconds": round(checked.seconds, 3),
    }


def render(found: dict[str, Any]) -> str:
    """Return the document for people: what is broken first in words, then every law in a line."""
    width = max(len(each["name"]) for each in found["laws"])
    settings = ", ".join(f"{name} = {value!r}" for name, value in found["settings"].items())
    head = f"{found['training']}, {found['trainings']} trainings" + (f" with {settings}" if settings else "")
    lines = [f"{each['name']:{width}}  {_outcome(each)}" for each in found["laws"]]
    counts = Counter(each["outcome"] for each in found["laws"])
    told = ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
    broken = f" Broken: {', '.join(found['broken'])}." if found["broken"] else ""
    return "\n".join([head, "", *lines, "", f"{len(found['laws'])} laws: {told}.{broken}"])


def _outcome(law: dict[str, Any]) -> str:
    outcome = law["outcome"].upper() if law["outcome"] == BROKEN else law["outcome"]
    return f"{outcome:14}  {law['message']}"
