"""Confidence sequences as plain text for a terminal."""

from __future__ import annotations

from analysis.answer.asked import Followed
from analysis.wording.differences import amount


def render(found: Followed) -> str:
    """Return the sequences in words: where each stands, and when it first excluded 0."""
    metric, of = found.metric, found.estimand or "mean"
    lines = [f"{metric} against {found.control}, looked at after every seed; alpha {found.alpha:g}"]
    for each in found.sequences:
        last = each.looks[-1] if each.looks else None
        if last is None:
            lines.append(f"  {each.condition}: no pairs")
            continue
        centre = f"{of} {amount(last.centre, metric)}"
        reach = "unbounded" if last.ends is None else f"({' to '.join(amount(end, metric) for end in last.ends)})"
        first = each.first_n_excluding_zero
        when = "has not excluded 0" if first is None else f"first excluded 0 after {first} seeds"
        lines.append(f"  {each.condition}: {centre} {reach} after {last.n} seeds; {when}")
    return "\n".join([*lines, *([found.note] if found.note else [])])
