"""Plans for a study to come as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.goals import ConditionMargin, GoalPlan, MarginPlan, PilotMargin
from analysis.answer.power_question import AnyPlan
from analysis.answer.sample_size import Asked, ConditionPlan, PilotPlan, Plan
from analysis.wording.resampling import NAMES


def render(found: AnyPlan) -> str:
    """Return a plan in words."""
    said = _of_margin(found) if isinstance(found, MarginPlan | PilotMargin) else _of_difference(found)
    warnings = found.warnings if isinstance(found, PilotMargin | PilotPlan) else ()
    return "\n".join([said, *(f"  pilot: {each}" for each in warnings)])


def _of_difference(found: Plan | PilotPlan) -> str:
    asked = _asked(found)
    if isinstance(found, PilotPlan):
        return "\n".join([asked, *(f"  {each.condition}: {_of_condition(each, found)}" for each in found.conditions)])
    said = f"SD of differences {found.sd:.4g}: "
    if found.detectable_difference is not None:
        return f"{asked}\n  {said}{found.n} seeds find {found.detectable_difference:.4g}"
    if found.delta is None:
        return f"{asked}\n  {said}{found.n} seeds test nothing"
    return f"{asked}\n  {said}{_seeds(found.n)} to find {found.delta:.4g}"


def _of_margin(found: MarginPlan | PilotMargin) -> str:
    lines = [f"{_asked(found)}, margin {found.margin:.4g}"]
    if isinstance(found, MarginPlan):
        lines.append(f"  SD of differences {found.sd:.4g}:")
        return "\n".join([*lines, *_of_goals(found.goals, found, found.least_margin)])
    for each in found.conditions:
        if each.why is not None:
            lines.append(f"  {each.condition}: {each.why}")
            continue
        lines.append(f"  {each.condition}: {_spread(found, each)}:")
        lines += _of_goals(each.goals, found, each.least_margin, each.least_margin_upper)
    return "\n".join(lines)


def _of_goals(goals: Sequence[GoalPlan], asked: Asked, least: float | None, most: float | None = None) -> list[str]:
    """Return a line for each goal; after them the least margin that the given seeds show equivalence within."""
    lines = [f"    {_GOALS[each.goal]}: {_of_goal(each, asked)}" for each in goals]
    if least is None:
        return lines
    upper = "" if most is None else f" ({most:.4g})"
    return [*lines, f"    least margin for equivalence at a true difference of 0: {least:.4g}{upper}"]


def _of_goal(each: GoalPlan, asked: Asked) -> str:
    if each.why is not None:
        return each.why[0].lower() + each.why[1:]
    at = f"at a true difference of {each.delta:.4g}"
    if asked.n is None:
        return f"{_seeds(each.n)}{'' if each.n_upper is None else f' ({_seeds(each.n_upper)})'} {at}"
    return f"power {each.power:.3f}{'' if each.power_upper is None else f' ({each.power_upper:.3f})'} {at}"


_GOALS = {
    "superior": "a difference from 0",
    "beyond_margin": "better by more than the margin",
    "not_inferior": "not worse by the margin",
    "equivalent": "equivalent within the margin",
}


def _asked(found: Asked) -> str:
    asked = f"{NAMES[found.estimand]}, power {found.power:g}, two-sided alpha {found.alpha:g}"
    if found.comparisons > 1:
        asked += f" over {found.comparisons} comparisons (Bonferroni)"
    return asked


def _spread(asked: Asked, each: ConditionMargin) -> str:
    """Return the spread of a pilot, what cannot be excluded, and the standard error from the test set."""
    spread = "SD of differences" if asked.estimand == "mean" else "SD of normal noise with an interval as wide"
    said = f"{spread} {each.sd:.4g} ({each.sd_upper:.4g} cannot be excluded)"
    return f"{said}, {_floor(each)}" if each.test_set_floor else said


def _floor(each: ConditionPlan | ConditionMargin) -> str:
    said = f"standard error from the test set {each.test_set_floor:.4g}"
    if each.test_set_floor_low is None or each.test_set_floor_high is None:
        return said
    return f"{said} (between {each.test_set_floor_low:.4g} and {each.test_set_floor_high:.4g})"


def _of_condition(each: ConditionPlan, asked: Asked) -> str:
    if each.why is not None:
        return each.why
    spread = "SD of differences" if asked.estimand == "mean" else "SD of normal noise with an interval as wide"
    said, upper = f"{spread} {each.sd:.4g}", f"SD {each.sd_upper:.4g} cannot be excluded"
    if each.images:
        return f"{said}. {each.images}"
    if each.test_set_floor:
        said += f", {_floor(each)}"
    if asked.delta is None:
        said += f": {each.pilot_pairs if asked.n is None else asked.n} seeds find {each.detectable_difference:.4g}"
        return f"{said} ({upper}: {each.detectable_difference_upper:.4g})"
    return f"{said}: {_seeds(each.n)} to find {asked.delta:.4g} ({upper}: {_seeds(each.n_upper)})"


def _seeds(n: int | None) -> str:
    return "more than ten million seeds" if n is None else f"{n:,} seeds"
