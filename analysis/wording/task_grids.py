"""The tables of a comparison over tasks: single tasks, these tasks, new tasks, single runs, pairs of conditions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.answer.effect import Effect
from analysis.answer.headline import Headline
from analysis.answer.over_tasks import AcrossTasks, ComparisonOverTasks
from analysis.methods import verdict
from analysis.methods.these_tasks import OverTasks
from analysis.tables.question import LOG_RATIO
from analysis.wording.differences import NARROWER
from analysis.wording.number_format import digits, exact, level, probability
from analysis.wording.tasks import for_new, is_known
from analysis.wording.terminal import interval, number, signed
from analysis.wording.verdicts import BAD, GOOD, SAME, pairs_of, short, tone, worded
from bench.schema.known_metrics import is_fraction

MOST_ROWS = 24
"""Rows of the table of single tasks; of more comparisons there is a grid of estimates."""
MOST_PAIRS = 10
"""Pairs of conditions that have a table."""
WIDEST = 100
"""Letters of a row beyond which tasks are numbered."""
_FEW = 1
"""Digits fewer in a grid of estimates."""
MARKS = (
    "Estimated differences; ^ higher, v lower (the interval leaves out 0), = equivalent, no mark: undecided, ?: cannot "
    "be tested, empty: not on this task."
)


@dataclass(frozen=True)
class Grid:
    """A table in words: its title, its heads and rows, the last column left-aligned, and a note below it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def grids(whole: ComparisonOverTasks) -> list[Grid]:
    """Return the tables that have rows."""
    made = (_each_task(whole), _these(whole), _new(whole), _runs(whole), _pairs(whole))
    return [each for each in made if each.rows]


def _each_task(whole: ComparisonOverTasks) -> Grid:
    effects = [(name, effect) for name, each in whole.tasks.items() for effect in each.effects.values()]
    if len(effects) > MOST_ROWS:
        return _estimates(whole)
    wide = max(map(len, ["condition", *(each.condition for _, each in effects)]), default=0)
    head = "condition".ljust(wide)
    header = ("task", head, "pairs", "difference", f"{level(whole.alpha)} interval", "p", "verdict")
    rows = [
        (
            name,
            each.condition.ljust(wide),
            str(pairs_of(each)),
            _difference(each.headline.estimate, whole),
            _interval(each.headline.low, each.headline.high, whole),
            _p(each.headline.p),
            short(each) + _deciding(each.headline, whole),
        )
        for name, each in effects
    ]
    return Grid("On each task", header, tuple(rows))


def _estimates(whole: ComparisonOverTasks) -> Grid:
    names = list(whole.tasks)
    labels = list(dict.fromkeys(label for each in whole.tasks.values() for label in each.effects))
    rows = [(label, *(_cell(whole.tasks[name].effects.get(label), whole) for name in names), "") for label in labels]
    widths = [max(len(row[i]) for row in [("condition", *names), *rows]) for i in range(len(names) + 1)]
    if sum(width + 2 for width in widths) <= WIDEST:
        return Grid("On each task", ("condition", *names, ""), tuple(rows), MARKS)
    heads = tuple(str(place) for place in range(1, len(names) + 1))
    legend = ", ".join(f"{place} {name}" for place, name in zip(heads, names, strict=True))
    return Grid("On each task", ("condition", *heads, ""), tuple(rows), f"{MARKS}\nTasks: {legend}.")


def _cell(each: Effect | None, whole: ComparisonOverTasks) -> str:
    if each is None:
        return ""
    told = each.headline
    if told.verdict in (None, verdict.CANNOT_TEST):
        mark = "?"
    elif told.verdict in verdict.BY_SIGN or tone(each) in (GOOD, BAD):
        mark = "^" if told.low is not None and told.low > 0 else "v"
    else:
        mark = "=" if tone(each) == SAME else " "
    return f"{'-' if told.estimate is None else _differences([told.estimate], whole, _FEW)[0]} {mark}"


def _these(whole: ComparisonOverTasks) -> Grid:
    header = ("condition", "tasks", "mean over tasks", f"{level(whole.alpha)} interval", "p", "verdict")
    across = whole.across.values() if any(is_known(each.these) for each in whole.across.values()) else ()
    rows = [(each.condition, str(each.n_tasks), *_row(each.these, whole)) for each in across]
    new = for_new(*whole.across.values(), example=whole.example)
    return Grid(f"Over these {len(whole.tasks)} tasks{f', {new}' if new else ''}", header, tuple(rows))


def _new(whole: ComparisonOverTasks) -> Grid:
    """Return the table of new tasks; without rows where nothing of it is known."""
    header = (
        "condition", "tasks", "mean over tasks", f"{level(whole.alpha)} interval", "p", "SD between tasks", "I2",
        "prediction for one", "p by ranks (unadjusted)", "verdict",
    )  # fmt: skip
    if all(each.new.low is None for each in whole.across.values()):
        return Grid("", header, ())
    rows = []
    for each in whole.across.values():
        *front, word = _row(each.new, whole)
        rows.append((each.condition, str(each.n_tasks), *front, *_between(each, whole), word))
    return Grid("Over new tasks of this kind", header, tuple(rows))


def _row(found: OverTasks, whole: ComparisonOverTasks) -> tuple[str, ...]:
    return (
        _difference(found.estimate, whole),
        _interval(found.low, found.high, whole),
        _p(found.p),
        worded(found.verdict or verdict.CANNOT_TEST, whole.direction) + _deciding(found, whole),
    )


def _deciding(found: OverTasks | Headline, whole: ComparisonOverTasks) -> str:
    """Return the interval at 1 - 2 alpha, where that decides: it is what an absence is claimed by."""
    if found.verdict not in NARROWER:
        return ""
    return f" ({level(2 * whole.alpha)}: {_interval(found.low_90, found.high_90, whole)})"


def _between(each: AcrossTasks, whole: ComparisonOverTasks) -> tuple[str, ...]:
    found = each.new
    return (
        _difference(found.tau, whole).removeprefix("+"),
        "-" if found.i2 is None else f"{100 * found.i2:.0f}%",
        _interval(found.prediction_low, found.prediction_high, whole),
        _p(each.p_wilcoxon),
    )


def _runs(whole: ComparisonOverTasks) -> Grid:
    scale, ends = 100 if is_fraction(whole.metric) else 1, f"{level(whole.alpha)} interval"
    header = ("condition", "tasks", "runs", "interquartile mean", ends, "P(better than control)", ends, "")
    rows = []
    for each in whole.scores:
        middle = (each.interquartile_mean, each.interquartile_mean_low, each.interquartile_mean_high)
        better = (each.improvement, each.improvement_low, each.improvement_high)
        told, *inner = (number(value, scale) for value in middle)
        share, *outer = ("-" if value is None else f"{value:.3f}" for value in better)
        rows.append((each.condition, str(each.n_tasks), str(each.n_runs), told, _ends(inner), share, _ends(outer), ""))
    return Grid("Single runs over all tasks (descriptive, unadjusted; stratified bootstrap)", header, tuple(rows))


def _pairs(whole: ComparisonOverTasks) -> Grid:
    header = ("condition", "other", "tasks", "wins", "ties", "losses", "p by ranks", "p (Holm)", "")
    rows = []
    for each in whole.pairs:
        counts = (each.n_tasks, each.wins, each.ties, each.losses)
        told = ("-" if count is None else str(count) for count in counts)
        rows.append((each.condition, each.other, *told, _p(each.p_wilcoxon), _p(each.p_holm), ""))
    few = len(rows) <= MOST_PAIRS
    return Grid("All pairs of conditions, by their differences on the tasks", header, tuple(rows) if few else ())


def _p(p: float | None) -> str:
    return "-" if p is None else probability(p)


def _difference(value: float | None, whole: ComparisonOverTasks) -> str:
    return "-" if value is None else _differences([value], whole)[0]


def _differences(values: Sequence[float], whole: ComparisonOverTasks, fewer: int = 0) -> list[str]:
    if whole.scale != LOG_RATIO:
        return signed(values, 100 if is_fraction(whole.metric) else 1, whole.margin, fewer)
    told = [100 * math.expm1(value) for value in values]
    places = digits(told, None, 2 - fewer)
    return [f"{exact(each) + 0.0:+.{places}f}%" for each in told]


def _interval(low: float | None, high: float | None, whole: ComparisonOverTasks) -> str:
    if whole.scale != LOG_RATIO or low is None or high is None:
        return interval(low, high, 100 if is_fraction(whole.metric) else 1, whole.margin)
    return _ends(_differences([low, high], whole))


def _ends(ends: Sequence[str]) -> str:
    return "-" if "-" in ends else " to ".join(ends)
