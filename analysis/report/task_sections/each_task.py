"""Every condition on every task: verdict, difference, interval, and bad endings, as one family."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.answer.comparison import Comparison
from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.report.document import Column, Grid, Paragraph, Section
from analysis.report.gather_tasks import MaterialOverTasks
from analysis.report.task_sections.cells import difference, interval, unit
from analysis.wording import bad_endings
from analysis.wording.differences import ESTIMATES, NARROWER
from analysis.wording.number_format import NOTHING, level, probability
from analysis.wording.phrases import quoted
from analysis.wording.tasks import holds_on_each
from analysis.wording.units import share_limits, unit_of
from analysis.wording.verdicts import pairs_of, short, tone


def section(material: MaterialOverTasks) -> Section | None:
    """Return the comparisons of all tasks; None without any."""
    grid = each_task_grid(material.whole)
    return None if grid is None else Section("On each task", (grid,))


def each_task_grid(whole: ComparisonOverTasks) -> Grid | None:
    """Return a row for each condition on each task; None without any."""
    found = [(name, each) for name, task in whole.tasks.items() for each in task.judged]
    if not found:
        return None
    inner = any(each.headline.verdict in NARROWER for _, each in found)
    return Grid(
        name="each-task",
        caption=(
            f"{unit_of(whole.metric).name.capitalize()} against {quoted(whole.control)} on each task: "
            f"{ESTIMATES[whole.estimand]}, with intervals that are simultaneous over all {len(found)} comparisons."
            + holds_on_each(whole)
            + (f" Equivalence goes by the {level(2 * whole.alpha)} interval." if inner else "")
        ),
        columns=(
            Column("task", numeric=False),
            Column("verdict", numeric=False),
            Column("condition", numeric=False),
            Column("pairs"),
            Column("difference", unit(whole)),
            Column(f"{level(whole.alpha)} interval", unit(whole)),
            Column("p"),
            *([Column(f"{level(2 * whole.alpha)} interval", unit(whole))] if inner else []),
        ),
        rows=tuple(
            (
                name,
                short(each),
                each.condition,
                str(pairs_of(each)),
                difference(each.headline.estimate, whole),
                interval(each.headline.low, each.headline.high, whole),
                probability(each.headline.p),
                *([interval(each.headline.low_90, each.headline.high_90, whole)] if inner else []),
            )
            for name, each in found
        ),
        data=tuple({"task": name, "condition": each.condition} | each.headline.to_json() for name, each in found),
        tones=tuple(tone(each) for _, each in found),
        compact=True,
    )


def endings(material: MaterialOverTasks) -> Section:
    """Return how many runs of each condition diverged or ended badly, task by task."""
    whole = material.whole
    first = next(iter(whole.tasks.values()))
    rows: list[tuple[str, ...]] = [(name, *cells) for name, task in whole.tasks.items() for cells in _endings(task)]
    rule = bad_endings.rule(first) or "No rule of bad endings was fixed."
    said = f"{rule} Limits are exact; tests against the control are McNemar’s, Holm over the conditions of a task."
    return Section(
        "Divergence and bad endings by task",
        (Paragraph(said), _endings_grid(whole, rows)),
    )


def _endings_grid(whole: ComparisonOverTasks, rows: list[tuple[str, ...]]) -> Grid:
    names = ("task", "condition", "diverged", "limits_of_diverged", "bad_endings", "limits_of_bad_endings", "p_holm")
    limits = f"{level(whole.alpha)} limits"
    return Grid(
        name="endings",
        caption="Runs that diverged, and runs that ended badly (those that diverged among them), by task.",
        columns=(
            Column("task", numeric=False),
            Column("condition", numeric=False),
            Column("diverged", "of runs"),
            Column(limits, "%"),
            Column("bad endings", "of runs"),
            Column(limits, "%"),
            Column("p, Holm"),
        ),
        rows=tuple(rows),
        data=tuple(dict(zip(names, row, strict=True)) for row in rows),
    )


def _endings(task: Comparison) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each condition that is meant to train."""
    for label, each in task.divergence.items():
        if each.stays_at_chance:
            continue
        diverged = "not known" if each.n_diverged is None else f"{each.n_diverged} of {each.n}"
        bad = task.bad_endings.get(label)
        of_bad = (NOTHING, NOTHING, NOTHING)
        if bad is not None:
            of_bad = bad_endings.counted(bad), share_limits(bad.rate_low, bad.rate_high), probability(bad.p_holm)
        yield label, diverged, share_limits(each.rate_low, each.rate_high), *of_bad
