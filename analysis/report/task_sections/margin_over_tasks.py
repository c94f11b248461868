"""The slider for the margin over tasks: the answer as it would be with each margin, made beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.answer.other_margins import follows, follows_over, margins, tasks_at_margin
from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.report.document import Control, Grid
from analysis.report.task_sections.answer_grids import new_grid, these_grid
from analysis.report.task_sections.each_task import each_task_grid
from analysis.tables.question import LOG_RATIO
from analysis.wording import tasks as words
from analysis.wording.controls import (
    MARGIN,
    OTHER_MARGIN_OVER_TASKS,
    margin_amount,
    planned_margin,
    the_plan_says_over_tasks,
)
from analysis.wording.style import PAGE

GRIDS = (these_grid, new_grid, each_task_grid)
_VIEWS = (words.THESE, words.NEW)


def leads(whole: ComparisonOverTasks) -> list[str]:
    """Return the sentences that lead the page: of one condition all, of several what they show together."""
    if len(whole.across) == 1:
        return words.sentences(whole, PAGE)
    return [words.summed_up(whole, view, PAGE) for view in _VIEWS]


def further_sentences(whole: ComparisonOverTasks) -> list[str]:
    """Return the sentences of each of a few conditions."""
    return words.sentences(whole, PAGE) if 1 < len(whole.across) <= words.MOST_NAMED else []


def margin_over_tasks(whole: ComparisonOverTasks) -> Control | None:
    """Return the slider; None where no margin was planned, none would change anything, or differences are ratios.

    Every sentence and every row is there once for each way in which it may read, and its way by margin.
    """
    if whole.margin is None or whole.scale == LOG_RATIO:
        return None
    over = [found for each in whole.across.values() for found in (each.these, each.new)]
    on_tasks = [each for task in whole.tasks.values() for each in task.judged]
    following = [*map(follows_over, over), *map(follows, on_tasks)]
    if not any(following):
        return None
    steps = margins(whole.margin)
    others = [tasks_at_margin(whole, each) for each in steps]
    return Control(
        name="tasks-margin",
        label=MARGIN,
        data={
            "plan": steps.index(whole.margin),
            "steps": [margin_amount(each, whole.metric) for each in steps],
            "back": planned_margin(whole.margin, whole.metric),
            "leads": _by_step([leads(each) for each in others]),
            "items": _by_step([further_sentences(each) for each in others]),
            "tables": {
                planned.name: _by_step([_cells(grid(each), planned) for each in others])
                for grid in GRIDS
                if (planned := grid(whole)) is not None
            },
            "planned": the_plan_says_over_tasks(whole.margin, whole.metric, following.count(False)),
            "other": OTHER_MARGIN_OVER_TASKS,
        },
    )


def _cells(grid: Grid | None, planned: Grid) -> list[list[str]]:
    """Return tone and cells of each row, the first left out, under the columns that the page has."""
    assert grid is not None
    places = [grid.columns.index(each) if each in grid.columns else None for each in planned.columns[1:]]
    return [
        [tone, *(was[at] if place is None else row[place] for at, place in enumerate(places, 1))]
        for row, was, tone in zip(grid.rows, planned.rows, grid.tones, strict=True)
    ]


def _by_step(by_step: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return of each thing the ways in which it reads, and which of them it is at each step."""
    found = []
    for ways in zip(*by_step, strict=True):
        distinct = [each for index, each in enumerate(ways) if each not in ways[:index]]
        found.append([distinct, [distinct.index(each) for each in ways]])
    return found
