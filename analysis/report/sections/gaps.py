"""Running gap against clean gap: what the gap owes to the way of measuring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.figures import gaps as figure
from analysis.figures.units import unit_of
from analysis.report.comparison_grid import interval
from analysis.report.document import Illustration, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.telling import NOTHING, level
from analysis.words import quoted

WHY = (
    "The textbook's plot sets test accuracy against a running training accuracy: averaged over the epoch, while the "
    "weights still move, with dropout switched on. Dropout lowers that number even where the network is no worse, so "
    "the running gap shrinks by the way of measuring alone. It can also be larger than the clean gap: at a high "
    "learning rate the last weights may do worse than those before them. The clean gap takes training and test "
    "accuracy from the same last weights, dropout off in both. Only the clean gap speaks of generalisation."
)


def section(material: Material, pool: Pool) -> Section:
    """Return the explanation, the figure, and the two changes of the leading condition side by side."""
    why = figure.missing(pool.evidence)
    if why is not None:
        return Section("Running gap and clean gap", (Paragraph(why),))
    said = _two_changes(pool)
    blocks = (Paragraph(WHY), *((Paragraph(said),) if said else ()), Illustration(figure.PLOT, pool.evidence))
    return Section("Running gap and clean gap", blocks)


def _two_changes(pool: Pool) -> str | None:
    """Return the mean changes of both gaps for the first condition that is meant to train."""
    clean, running = (pool.evidence.compared(metric)[:1] for metric in (figure.CLEAN, figure.RUNNING))
    if not clean or not running or None in (clean[0]["mean_difference"], running[0]["mean_difference"]):
        return None
    return (
        f"With {quoted(clean[0]['condition'])} against {quoted(clean[0]['control'])}, the running gap changed by "
        f"{_told(running[0])} and the clean gap by {_told(clean[0])}."
    )


def _told(comparison: Mapping[str, Any]) -> str:
    """Return a mean difference with its interval and n."""
    unit = unit_of(figure.CLEAN)
    between = interval(comparison, unit)
    at = f"{level(comparison['alpha'])} interval over seeds {between}; " if between != NOTHING else ""
    changed = unit.tell_difference(comparison["mean_difference"], comparison["margin"])
    return f"{changed} points ({at}n = {comparison['n_pairs']})"
