"""Rung 2: the engine's random numbers are the specified ones, uniform, independent and nested.

Every check but the exact ones gives a p-value; the rung fails where Holm's adjusted p falls below ALPHA. The numbers
are fixed by their seeds: a given engine passes or fails for good, and ALPHA is the chance that a faultless
specification would have failed.
"""

from __future__ import annotations

from dataclasses import replace

from analysis.methods.multiplicity import holm
from bench.assurance.certify import masks, orders
from bench.assurance.certify.finding import Check, Finding
from bench.assurance.certify.setting import Setting

NAME = "randomness"
CLAIM = "masks and orders are those of the written specification, uniform, independent and nested"
ALPHA = 1e-3
"""False alarms of the whole rung."""


def climb(setting: Setting) -> Finding:
    """Run every check of masks and of orders; the numbers are drawn for this device."""
    checks = [*masks.checks(setting.device), *orders.checks()]
    tested = [check for check in checks if "p" in check.figures]
    adjusted = dict(zip((check.name for check in tested), holm([check.figures["p"] for check in tested]), strict=True))
    return Finding(NAME, CLAIM, [_judged(check, adjusted.get(check.name)) for check in checks])


def _judged(check: Check, p_holm: float | None) -> Check:
    """Return a tested check with its adjusted p and whether it holds."""
    if p_holm is None:
        return check
    return replace(check, holds=p_holm >= ALPHA, figures=check.figures | {"p_holm": p_holm, "alpha": ALPHA})
