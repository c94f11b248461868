"""A comparison over tasks as plain text for a terminal: the answer, its tables, then what to know."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.tables.question import LOG_RATIO
from analysis.wording import tasks
from analysis.wording.number_format import margin_text
from analysis.wording.phrases import count, every
from analysis.wording.task_grids import MOST_PAIRS, Grid, grids
from analysis.wording.terminal import itemised, left_out, tabulated
from analysis.wording.verdicts import better
from bench.schema.known_metrics import is_fraction

MOST_NAMED = 12
"""Tasks, warnings and omissions that are listed; more are counted."""


def render(whole: ComparisonOverTasks) -> str:
    """Return a comparison over tasks as text."""
    left = [f"task {name}: {left_out(one)}" for name, each in whole.tasks.items() for one in each.dropped]
    blocks = [
        title(whole),
        "\n".join(tasks.sentences(whole)),
        *map(_shown, grids(whole)),
        every_pair(whole),
        "\n".join(tasks.notes(whole)),
        itemised("Left out", _first(left)),
        itemised("Know before you believe this", _first(whole.warnings)),
    ]
    return "\n\n".join(block for block in blocks if block)


def title(whole: ComparisonOverTasks) -> str:
    """Return what is compared, on which tasks, and how many comparisons are judged at once."""
    number, conditions = len(whole.tasks), len(whole.across)
    scale = 100 if is_fraction(whole.metric) or whole.scale == LOG_RATIO else 1
    margin = "none given" if whole.margin is None else margin_text(scale * whole.margin)
    names = ", ".join([*list(whole.tasks)[:MOST_NAMED], *(["..."] if number > MOST_NAMED else [])])
    return (
        f"{whole.metric}{tasks.scale_told(whole)}, against {whole.control}; {better(whole.direction)}; "
        f"alpha {whole.alpha:g}; margin {margin}\n"
        f"{number} tasks: {names}\n"
        f"On each task intervals hold for all {conditions * number} comparisons at once, over tasks for "
        f"{every(conditions, 'condition')}.{tasks.holds_on_each(whole)}"
    )


def every_pair(whole: ComparisonOverTasks) -> str:
    """Return how many of all pairs of conditions differ, where they are too many for a table."""
    tested = [each.p_holm for each in whole.pairs if each.p_holm is not None]
    if len(whole.pairs) <= MOST_PAIRS or not tested:
        return ""
    apart, least = sum(p <= whole.alpha for p in tested), 2.0 ** (1 - len(whole.tasks)) * len(tested)
    few = f"; {len(whole.tasks)} tasks are too few for any of so many" if least > whole.alpha else ""
    which = f"{apart} of {len(tested)} differ" if apart else f"none of {len(tested)} is shown to differ"
    return f"All pairs of conditions: {which} by signed ranks over tasks (Holm over all pairs; --json lists them){few}."


def _shown(grid: Grid) -> str:
    note = f"\n{grid.note}" if grid.note else ""
    return f"{grid.title}:\n{tabulated(grid.header, grid.rows)}{note}"


def _first(items: Sequence[str]) -> list[str]:
    rest = len(items) - MOST_NAMED
    return [*items[:MOST_NAMED], *([f"and {count(rest, 'more line')}; --json has all"] if rest > 0 else [])]
