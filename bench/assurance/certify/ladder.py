"""The rungs of certification in the order in which they are climbed, and the verdict over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bench.assurance.certify import agreement, distribution, drift, randomness
from bench.assurance.certify.finding import EQUIVALENT, INCOMPLETE, INCONCLUSIVE, NOT_EQUIVALENT, Finding
from bench.assurance.certify.setting import Setting

RUNGS = {rung.NAME: rung for rung in (agreement, randomness, drift, distribution)}
"""A rung is a module with NAME, CLAIM and climb(setting) -> Finding."""


def climb(setting: Setting, rungs: Sequence[str]) -> Iterator[Finding]:
    """Yield what each of `rungs` finds, in the order of the ladder."""
    for name, rung in RUNGS.items():
        if name in rungs:
            setting.say(f"{name}: {rung.CLAIM}")
            yield rung.climb(setting)


def overall(findings: Sequence[Finding]) -> str:
    """Return the verdict: equivalent only where every rung was climbed and found so."""
    verdicts = {finding.verdict for finding in findings}
    if NOT_EQUIVALENT in verdicts:
        return NOT_EQUIVALENT
    if len(findings) < len(RUNGS):
        return INCOMPLETE
    return EQUIVALENT if verdicts == {EQUIVALENT} else INCONCLUSIVE


def document(setting: Setting, findings: Sequence[Finding], provenance: dict[str, Any]) -> dict[str, Any]:
    """Return the verdict as JSON writes it."""
    recipe = setting.recipe
    return {
        "verdict": overall(findings),
        "precision": setting.precision,
        "device": setting.device,
        "trials_an_arm": setting.trials if any(finding.rung == distribution.NAME for finding in findings) else 0,
        "epochs": recipe.epochs,
        "data": recipe.data,
        "margins": distribution.MARGINS,
        "rungs": [
            {
                "rung": finding.rung,
                "claim": finding.claim,
                "verdict": finding.verdict,
                **finding.notes,
                "checks": [{"name": c.name, "holds": c.holds, **c.figures} for c in finding.checks],
            }
            for finding in findings
        ],
        "rungs_left_out": [name for name in RUNGS if name not in {finding.rung for finding in findings}],
        "provenance": provenance,
    }
