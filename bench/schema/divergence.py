"""How a trial can end, and when it counts as diverged."""

from __future__ import annotations

OK, DIVERGED, FAILED = "ok", "diverged", "failed"
"""A trial's status. Diverged: non-finite loss, or test accuracy at chance level at the end. Failed: it raised."""
CHANCE_TOLERANCE = 0.05
"""Final test accuracy up to chance plus this (a fraction) counts as collapsed, hence diverged."""
