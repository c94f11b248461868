"""The self-check as plain text for a terminal."""

from __future__ import annotations

from analysis.answer.asked import Checked
from analysis.wording.resampling import NAMES, outcome


def render(found: Checked) -> str:
    """Return the self-check in words."""
    if not found.checks:
        return "Nothing can be checked: no condition has two pairs whose differences vary."
    how = "all" if found.exhaustive else f"{found.flips:,} random"
    conditions = len(found.conditions)
    lines = [
        f"Self-check of {found.metric} against {found.control}: {conditions} conditions, {found.n} seeds,"
        f" {how} flips of signs of the centred differences"
    ]
    for check in found.checks:
        lines.append(
            f"  {check.name:<40} {check.achieved:.4f} of {check.nominal:g}, at most {check.limit:.4f}: {check.verdict}"
        )
    lines.append(found.note)
    for each in found.resampled:
        if each.achieved is not None:
            name = f"{NAMES[each.estimand]}, any condition"
            lines.append(
                f"  {name:<40} {each.achieved:.4f} of {each.nominal:g}, at most {each.limit:.4f}: {outcome(each)}"
            )
    if any(each.achieved is not None for each in found.resampled):
        lines.append(
            f"The last rows: intervals in {found.resamples:,} studies of seeds drawn with replacement from these, "
            "against the value at all of them."
        )
    return "\n".join(lines)
