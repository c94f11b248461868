"""The tables of the answer over tasks: what conditions show of these tasks, and what of new ones."""

from __future__ import annotations

from collections.abc import Callable

from analysis.answer.over_tasks import AcrossTasks, ComparisonOverTasks
from analysis.methods import verdict
from analysis.methods.these_tasks import OverTasks
from analysis.report.document import Column, Grid
from analysis.report.task_sections.cells import difference, interval, unit
from analysis.wording import tasks as words
from analysis.wording.number_format import level, probability
from analysis.wording.phrases import count, quoted
from analysis.wording.units import unit_of
from analysis.wording.verdicts import tone_of, worded


def these_grid(whole: ComparisonOverTasks) -> Grid | None:
    """Return what each condition shows of these tasks; None where nothing is known."""
    if not any(words.is_known(each.these) for each in whole.across.values()):
        return None
    return _grid(
        whole,
        f"These {count(len(whole.tasks), 'task')}: {unit_of(whole.metric).name} against {quoted(whole.control)}, on "
        "average, each task weighing the same.",
        lambda each: each.these,
    )


def new_grid(whole: ComparisonOverTasks) -> Grid | None:
    """Return what each condition shows of new tasks; None where nothing is known."""
    if all(each.new.low is None for each in whole.across.values()):
        return None
    columns = (Column("SD between tasks", unit(whole)), Column("prediction for a single new task", unit(whole)))
    return _grid(
        whole,
        f"New tasks of this kind: {unit_of(whole.metric).name} against {quoted(whole.control)}, on average over such "
        f"tasks, as if these {len(whole.tasks)} were drawn at random from them.",
        lambda each: each.new,
        (*columns, Column("p by ranks", "unadjusted")),
        lambda each: (
            difference(each.new.tau, whole).removeprefix("+"),
            interval(each.new.prediction_low, each.new.prediction_high, whole),
            probability(each.p_wilcoxon),
        ),
    )


def _grid(
    whole: ComparisonOverTasks,
    caption: str,
    view: Callable[[AcrossTasks], OverTasks],
    more: tuple[Column, ...] = (),
    cells: Callable[[AcrossTasks], tuple[str, ...]] = lambda _: (),
) -> Grid:
    found = [(each, view(each)) for each in whole.across.values()]
    name = "new-tasks" if more else "these-tasks"
    return Grid(
        name=name,
        caption=f"{caption} Intervals are simultaneous over {count(len(found), 'condition')}.",
        columns=(
            Column("condition", numeric=False),
            Column("verdict", numeric=False),
            Column("mean over tasks", unit(whole)),
            Column(f"{level(whole.alpha)} interval", unit(whole)),
            Column("p"),
            *more,
        ),
        rows=tuple(
            (
                each.condition,
                worded(one.verdict or verdict.CANNOT_TEST, whole.direction),
                difference(one.estimate, whole),
                interval(one.low, one.high, whole),
                probability(one.p),
                *cells(each),
            )
            for each, one in found
        ),
        data=tuple({"condition": each.condition, "n_tasks": each.n_tasks} | one.to_json() for each, one in found),
        tones=tuple(tone_of(one.verdict or verdict.CANNOT_TEST) for _, one in found),
        compact=True,
    )
