"""Sentences that stand by themselves in a paper: the result with its interval, and what checklists ask about it."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.answer.headline import (
    ITEM_GROUPS,
    ITEMS,
    OVER_IMAGES,
    REACH,
    SEEDS_AND_GROUPS,
    SEQUENCE,
    SPLITS,
    reach,
)
from analysis.answer.over_tasks import AcrossTasks, ComparisonOverTasks
from analysis.wording import tasks as words
from analysis.wording.differences import CONFIDENCE, ESTIMANDS
from analysis.wording.number_format import level
from analysis.wording.phrases import count, listed, quoted
from analysis.wording.sentences import headline
from analysis.wording.style import PAGE
from analysis.wording.units import unit_of
from analysis.wording.verdicts import block_of, pairs_of
from bench.schema.known_metrics import TYPICAL

COMPUTED = {
    SEQUENCE: "they are confidence sequences, valid at every look",
    ITEMS: "they are Tango's score intervals over test {example}s",
    ITEM_GROUPS: "they are t intervals over the means of groups of test {example}s",
    SPLITS: "they are those of the corrected resampled t test (Nadeau and Bengio)",
}
"""How the intervals of a scope are computed, where the scope alone decides it."""

ONE_RUN = {ITEMS: "difference of one run each", ITEM_GROUPS: "mean over groups, each counting the same"}
"""What the interval of one run each is of."""


def sentence(effect: Effect, whole: Comparison) -> str:
    """Return the result of one condition with n and interval, and what kind of interval it is."""
    kind = interval_kind(effect, whole)
    return headline(effect, PAGE, whole.example) + (f" {kind}" if kind else "")


def interval_kind(effect: Effect, whole: Comparison) -> str:
    """Return of what the interval is, over how many conditions it holds at once, and for what; empty without one."""
    known = _with_interval([effect])
    return _kind(known, whole) if known else ""


def _kind(known: Sequence[Effect], whole: Comparison) -> str:
    """Return the same of several intervals, which may differ in what they hold for."""
    told = known[0].headline
    family = len(whole.judged)
    over = f", simultaneous over {family} conditions" if family > 1 else ""
    of = ONE_RUN.get(told.scope, f"{ESTIMANDS[told.estimand]}, paired by {block_of(known[0])}")
    return f"The {CONFIDENCE[told.scope]} is of the {of}{over}, {reach(_scopes(known), whole.example)}."


def over_tasks(each: AcrossTasks, whole: ComparisonOverTasks) -> str:
    """Return what one condition shows of these tasks and of new ones, and over how many conditions that holds."""
    said = f"{words.of_these(each, whole, PAGE)} {words.of_new(each, whole, PAGE)}"
    if not any(map(words.is_known, (each.these, each.new))):
        return said
    return " ".join([said, *_sizes(whole)])


def _sizes(whole: ComparisonOverTasks) -> list[str]:
    """Return how many blocks each task has, and over how many conditions the intervals hold at once."""
    sizes, key = sorted({task.n_seeds for task in whole.tasks.values()}), next(iter(whole.tasks.values())).unit.key
    found = []
    if sizes[-1] > 1:
        number = f"{sizes[-1]}" if sizes[0] == sizes[-1] else f"{sizes[0]} to {sizes[-1]}"
        found.append(f"Each task has {number} {key}s, by which conditions are paired.")
    if len(whole.across) > 1:
        found.append(f"Intervals are simultaneous over {len(whole.across)} conditions.")
    return found


def checklist(whole: Comparison, trials: int, seconds: float | None, machines: Sequence[str]) -> str:
    """Return the paragraph on error bars and compute that conferences ask for.

    Parameters
    ----------
    whole : Comparison
    trials : int
        Trials that ended.
    seconds : float or None
        Their training time together; None where it is not known.
    machines : sequence of str
        Processors, by name.
    """
    metric, judged = unit_of(whole.metric).name, whole.judged
    pairs = sorted({pairs_of(each) for each in judged})
    compared = quoted(judged[0].condition) if len(judged) == 1 else f"Each of {len(judged)} conditions"
    per = f"{'' if len(pairs) == 1 else f'{pairs[0]} to '}{count(pairs[-1], block_of(judged[0]))}"
    parts = [
        f"{compared} is compared with {quoted(whole.control)} on {metric}, paired by {block_of(judged[0])} ({per})."
    ]
    if known := _with_interval(judged):
        parts += [
            f"Error bars are {level(whole.alpha)} intervals of the difference to the control, not standard deviations "
            f"or standard errors; {_computed(known, whole.example)}.",
            _kind(known, whole),
        ]
    ran = f" on {listed(machines)}" if machines else ""
    if seconds is not None:
        parts.append(
            f"Compute: {count(trials, 'trial')}{ran}; training took {_time(seconds)} in all, summed over trials."
        )
    else:
        parts.append(f"Compute: {count(trials, 'trial')}{ran}; training time was not recorded.")
    return " ".join(parts)


def _computed(known: Sequence[Effect], example: str) -> str:
    """Return how the intervals are computed."""
    holds_for, told = _scopes(known), known[0].headline
    if told.scope in COMPUTED:
        return COMPUTED[told.scope].format(example=example)
    how = (
        "they come from the exact signed-rank distribution"
        if told.estimand == TYPICAL
        else "they are t intervals, which assume normal differences"
    )
    new = f"groups of test {example}s" if SEEDS_AND_GROUPS in holds_for else f"test {example}s"
    where = ", where they cover these" if len(holds_for) > 1 else ""
    moved = "" if set(holds_for).isdisjoint(OVER_IMAGES) else f", widened for new {new} (MOVER){where}"
    return f"{how}, with Bonferroni's correction for the number of conditions{moved}"


def _with_interval(effects: Sequence[Effect]) -> list[Effect]:
    return [each for each in effects if each.headline.low is not None or each.headline.high is not None]


def _scopes(known: Sequence[Effect]) -> list[str]:
    """Return what intervals hold for, each once."""
    return [scope for scope in REACH if scope in {each.headline.scope for each in known}]


def _time(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"
