"""What a comparison shows over tasks, in sentences: of these tasks, and of new tasks of this kind, never mixed up."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.answer.headline import OVER_IMAGES, SEEDS_AND_GROUPS, SEEDS_AND_IMAGES, SPLITS, reach, scopes
from analysis.answer.over_tasks import TASKS, AcrossTasks, ComparisonOverTasks
from analysis.methods import verdict
from analysis.methods.new_tasks import FEWEST
from analysis.methods.these_tasks import OverTasks
from analysis.tables.question import LOG_RATIO
from analysis.wording.differences import ESTIMANDS, NARROWER, amount, amounts, by_how_much, margin_of
from analysis.wording.number_format import digits, exact, level, margin_text, p_value
from analysis.wording.phrases import count, every, listed, quoted
from analysis.wording.style import TERMINAL, Style
from analysis.wording.units import unit_of
from analysis.wording.verdicts import worded
from bench.schema.known_metrics import MEAN

MOST_NAMED = 4
"""Conditions of which each gets sentences of its own; more are summed up."""

THESE, NEW = "these tasks", "new tasks of this kind"
_PER_CENT = 2
_MOST_PER_CENT = 1e5
"""Ratios in per cent are written with a power of ten from here."""
_LARGEST = 700.0
"""Logarithm of about the largest number that a float has."""
UNIT = (
    "The task is the unit: this says neither what new seeds would show on these tasks nor how far a single new task "
    "may lie."
)
THESE_ARE = (
    "These tasks: the average of these very tasks, each weighing the same; nothing is claimed of any other task."
)
NEW_ARE = "New tasks of this kind: the average over such tasks, as if these were drawn at random from them."
PREDICTED = (
    "Prediction: where the true difference on one single new task may lie; with few tasks, or where tasks hardly "
    "differ, it is often too narrow."
)
FEW_SEEDS = 10
"""Seeds of a task up to which simulations show the interval for new tasks to be too narrow."""
OF_FEW_SEEDS = (
    f"With {FEW_SEEDS} seeds or fewer on a task the interval for new tasks misses up to about twice as often as it "
    "should."
)
ALONE = (
    "Where seeds are too few for an interval of each task, the task is the unit: a t interval over one value of each "
    "task, which assumes normal differences over tasks; signed ranks do not. What seeds and tasks each add to their "
    "spread is not known."
)
OF_SOME_TASKS = " or, on some tasks, groups of them"
ASSUMED = "The mean differences are by t intervals on each task, which assume normal differences."
CORRECTED = (
    "The mean differences are by Nadeau and Bengio's t intervals on each task: approximate, since splits share "
    "training data, and assuming normal differences."
)


def sentences(whole: ComparisonOverTasks, style: Style = TERMINAL) -> list[str]:
    """Return what is shown over these tasks, then what of new ones."""
    if len(whole.across) > MOST_NAMED:
        return [summed_up(whole, THESE, style), summed_up(whole, NEW, style)]
    return [
        *([summed_up(whole, THESE, style)] if _is_one_reason(whole, THESE) else
          [of_these(each, whole, style) for each in whole.across.values()]),
        *([summed_up(whole, NEW, style)] if _is_one_reason(whole, NEW) else
          [of_new(each, whole, style) for each in whole.across.values()]),
    ]  # fmt: skip


def _is_one_reason(whole: ComparisonOverTasks, view: str) -> bool:
    """Return whether nothing is shown of any of several conditions, for the same reason."""
    found = by_condition(whole, view).values()
    return len(found) > 1 and not any(map(is_known, found)) and len({each.reason for each in found}) == 1


def by_condition(whole: ComparisonOverTasks, view: str) -> dict[str, OverTasks]:
    """Return what each condition shows of these tasks, or of new ones."""
    return {label: each.these if view == THESE else each.new for label, each in whole.across.items()}


def is_known(found: OverTasks) -> bool:
    """Return whether there is an interval."""
    return found.low is not None or found.high is not None


def of_these(each: AcrossTasks, whole: ComparisonOverTasks, style: Style = TERMINAL) -> str:
    """Return what one condition shows on average over these tasks."""
    found, name, number = each.these, quoted(each.condition), each.n_tasks
    if not is_known(found):
        where = f"these {count(number, 'task')}" if number > 1 else "tasks"
        return f"Over {where} nothing is shown of {name}: {found.reason}."
    changed = f"{name} changed {style.metric(whole.metric)} by {difference(found.estimate, whole, style)}"
    average = f"on average over these {count(number, 'task')}"
    return (
        f"{_opened(found, whole)}: {average}, {for_new(each, example=whole.example)}, {changed} "
        f"against {quoted(whole.control)} ({between(found, whole, style)})."
    )


def of_new(each: AcrossTasks, whole: ComparisonOverTasks, style: Style = TERMINAL) -> str:
    """Return what one condition shows of new tasks: the average over such tasks, and what a single one may show."""
    found, name, number = each.new, quoted(each.condition), each.n_tasks
    if found.low is None:
        return f"For a new task nothing is shown of {name}: {found.reason}."
    said = (
        f"{_opened(found, whole)}: for a new task drawn like these {number}, {name} changes "
        f"{style.metric(whole.metric)} by {difference(found.estimate, whole, style)} on average against "
        f"{quoted(whole.control)} ({between(found, whole, style)})."
    )
    ends = [end for end in (found.prediction_low, found.prediction_high) if end is not None]
    if not ends:
        return f"{said} {UNIT}"
    low, high = differences(ends, whole, style)
    return (
        f"{said} On one single new task the true difference may be anything from {low} to {high} "
        f"({level(whole.alpha)} prediction interval{_tau(each, whole)})."
    )


def summed_up(whole: ComparisonOverTasks, view: str, style: Style = TERMINAL) -> str:
    """Return what many conditions show over these tasks, or of new ones, in a sentence."""
    found, number = by_condition(whole, view), len(whole.tasks)
    new = for_new(*whole.across.values(), example=whole.example)
    seeds = f", {new}" if new else ""
    where = (
        f"On average over these {number} tasks{seeds}"
        if view == THESE
        else f"For a new task drawn like these {number}, on average"
    )
    known = {label: each for label, each in found.items() if is_known(each)}
    if not known:
        return f"{where}, nothing is shown of any condition: {next(iter(found.values())).reason}."
    apart = {label: each for label, each in known.items() if differs(each)}
    many = every(len(found), "condition") if len(apart) == len(found) else f"{len(apart)} of {len(found)} conditions"
    verb = "differs" if len(apart) == 1 else "differ"
    shown = f"{many} {verb}" if apart else "no condition is shown to differ"
    said = f"{where}, {shown} from {quoted(whole.control)}"
    named = sorted(apart, key=lambda label: apart[label].estimate or 0.0)
    if len(named) > 2:
        named = [named[0], named[-1]]
        said += f", from {' to '.join(_amount(each, apart[each], whole, style) for each in named)}"
    elif named:
        said += f": {listed([_amount(each, apart[each], whole, style) for each in named])}"
    rest = [each for label, each in found.items() if label not in apart]
    words = [_word(each, whole) for each in rest]
    counts = [f"{words.count(word)} {word}" for word in dict.fromkeys(words)]
    return f"{said}; {listed(counts)}." if counts else f"{said}."


def _amount(label: str, found: OverTasks, whole: ComparisonOverTasks, style: Style) -> str:
    """Return a condition with its difference over tasks and the interval of that."""
    return f"{quoted(label)} {difference(found.estimate, whole, style)} ({_interval(found, whole, style)})"


def for_new(*across: AcrossTasks, example: str) -> str:
    """Return what varies within a task in the intervals of these tasks; nothing where there is none."""
    known = {each.scope for each in across} - {None, TASKS}
    if known == {SPLITS}:
        return "for other splits of their data (approximately)"
    if not known:
        return ""
    if not known <= set(OVER_IMAGES):
        return "for new seeds"
    some = "" if len(known) == 1 and known <= {SEEDS_AND_IMAGES, SEEDS_AND_GROUPS} else OF_SOME_TASKS
    return f"for new seeds and new {'groups of ' if known == {SEEDS_AND_GROUPS} else ''}test {example}s{some}"


def holds_on_each(whole: ComparisonOverTasks) -> str:
    """Return in a sentence, with a space before it, what intervals on each task hold for; nothing without any."""
    told = scopes(each.headline for task in whole.tasks.values() for each in task.judged)
    return f" On each task they hold {reach(told, whole.example)}." if told else ""


def between(found: OverTasks, whole: ComparisonOverTasks, style: Style = TERMINAL) -> str:
    """Return the interval and p of what is shown over tasks."""
    said = [_interval(found, whole, style)]
    if found.verdict in NARROWER and found.low_90 is not None and found.high_90 is not None:
        inner = " to ".join(differences([found.low_90, found.high_90], whole, style))
        said.append(f"{level(2 * whole.alpha)} CI {inner}")
    return "; ".join([*said, *([] if found.p is None else [p_value(found.p)])])


def _interval(found: OverTasks, whole: ComparisonOverTasks, style: Style) -> str:
    ends = [end for end in (found.low, found.high) if end is not None]
    told = differences(ends, whole, style)
    if len(told) == 2:
        interval = " to ".join(told)
    else:
        interval = told[0] + (" or more, no upper limit" if found.high is None else " or less, no lower limit")
    return f"{level(whole.alpha)} CI {interval}"


def differences(values: Sequence[float], whole: ComparisonOverTasks, style: Style = TERMINAL) -> list[str]:
    """Return differences for people, without unit; those of logarithms as what a ratio is above 1, in per cent."""
    if whole.scale != LOG_RATIO:
        return amounts(values, whole.metric, whole.margin, style)
    told = [100 * math.expm1(min(value, _LARGEST)) for value in values]
    places = digits(told, None, _PER_CENT)
    written = [f"{each:+.3g}" if abs(each) >= _MOST_PER_CENT else f"{exact(each) + 0.0:+.{places}f}" for each in told]
    return [f"{style.number(each)}%" for each in written]


def difference(value: float | None, whole: ComparisonOverTasks, style: Style = TERMINAL) -> str:
    """Return a difference in the unit for people."""
    if value is None:
        return "an amount without limit"
    if whole.scale != LOG_RATIO:
        return amount(value, whole.metric, whole.margin, style)
    return differences([value], whole, style)[0]


def differs(found: OverTasks) -> bool:
    """Return whether an interval over tasks leaves out 0."""
    return (found.low is not None and found.low > 0) or (found.high is not None and found.high < 0)


def notes(whole: ComparisonOverTasks) -> list[str]:
    """Return what distinguishes the two tables over tasks."""
    across = whole.across.values()
    scopes = {each.scope for each in across} - {None}
    said = {
        f"Difference on a task: {ESTIMANDS[whole.estimand]}; over tasks these are averaged.": bool(scopes),
        THESE_ARE: any(is_known(each.these) for each in across) or not scopes,
        NEW_ARE: len(whole.tasks) >= FEWEST,
        OF_FEW_SEEDS: whole.n_seeds <= FEW_SEEDS
        and any(each.new.low is not None and each.scope != TASKS for each in across),
        PREDICTED: any(each.new.prediction_low is not None for each in across),
        ALONE: TASKS in scopes,
        CORRECTED: SPLITS in scopes and whole.estimand == MEAN,
        ASSUMED: bool(scopes - {SPLITS, TASKS}) and whole.estimand == MEAN,
    }
    return [text for text, is_so in said.items() if is_so]


def _tau(each: AcrossTasks, whole: ComparisonOverTasks) -> str:
    tau = each.new.tau
    if not tau:
        return "; tasks are not seen to differ"
    spread = difference(tau, whole).removeprefix("+")
    return f"; standard deviation between tasks {spread}"


def _opened(found: OverTasks, whole: ComparisonOverTasks) -> str:
    if found.verdict == verdict.EQUIVALENT:
        return f"Equivalent to within {_margin(whole)}"
    word = _word(found, whole).split(",")[0]
    return f"{word[0].upper()}{word[1:]}{by_how_much(found.verdict, _margin(whole))}"


def _margin(whole: ComparisonOverTasks) -> str:
    """Return the smallest difference that matters, of a ratio in per cent; nothing where there is none."""
    if whole.scale == LOG_RATIO and whole.margin is not None:
        return f"{margin_text(100 * whole.margin)}%"
    return margin_of(whole.metric, whole.margin)


def _word(found: OverTasks, whole: ComparisonOverTasks) -> str:
    return worded(found.verdict or verdict.CANNOT_TEST, whole.direction)


def scale_told(whole: ComparisonOverTasks) -> str:
    """Return the unit of the differences, as it follows the metric in a title."""
    if whole.scale == LOG_RATIO:
        return " as ratios to the control, in per cent above 1"
    unit = unit_of(whole.metric).difference
    return f" in {'percentage points' if unit == 'points' else unit}" if unit else ""
