"""Variance by source as plain text for a terminal."""

from __future__ import annotations

from analysis.answer.variance import VarianceBySource
from analysis.methods.variance_components import Component


def render(found: VarianceBySource) -> str:
    """Return the components in words."""
    lines = [f"Variance of {found.metric} by source, intervals at {100 * (1 - found.alpha):g}%"]
    for each in found.conditions:
        lines.append(f"{each.condition} ({each.n} trials)")
        if each.why:
            lines.append(f"  {each.why}")
        lines += [_component(part) for part in each.components]
        if split := each.test_set:
            lines.append(
                f"  of the variance over seeds {split.total:.3g}: {split.lasting:.3g} would show on a new test"
                f" set, {split.churn:.3g} is this one's"
            )
    return "\n".join([*lines, *found.notes])


def _component(part: Component) -> str:
    said = f"  {' x '.join(part.factors):<32} SD {part.variance**0.5:.4g}  "
    if part.share is None or part.share_low is None or part.share_high is None:
        return said
    return f"{said}{100 * part.share:5.1f}%  [{100 * part.share_low:.0f}, {100 * part.share_high:.0f}]"
