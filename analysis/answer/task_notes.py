"""What to know of several tasks before their comparison is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from analysis.answer.comparison import Comparison
from analysis.base.notes import Note, about, of_each
from analysis.tables.folds import is_of_folds
from analysis.tables.question import RAW, Question
from analysis.tables.tasks import Tasks
from bench.schema.known_metrics import is_fraction

FEWEST_WITHOUT_ONE = 4
"""Tasks from which one that outweighs all others together is named."""
OF_ONE_DATA_SET = (
    "the tasks are splits of one data set, which share training data: over these tasks their errors count as "
    "independent, which they are not where a seed is the same on several of them"
)
UNLIKE = 10.0
"""How many times the control of one task may exceed that of another before their raw values have no common scale."""


def of_tasks(tasks: Tasks, control: str) -> Iterator[str]:
    """Yield a warning for each condition that is not on every task, for unlike numbers of seeds, for shared data."""
    for label in tasks.conditions:
        without = [name for name, table in tasks.tables.items() if label not in table.conditions]
        if without:
            rest = len(tasks.tables) - len(without)
            shown = f"it is compared on the other {rest}" if rest > 1 else "nothing is shown of it"
            yield about(label, f"is missing on {named(without)}; over tasks {shown}")
    seeds = {name: table.seeds_of(control) for name, table in tasks.tables.items()}
    yield from _shared(tasks)
    if is_of_folds(tasks.choice):
        yield OF_ONE_DATA_SET
    if len(set(seeds.values())) > 1:
        few, many = min(seeds, key=lambda name: seeds[name]), max(seeds, key=lambda name: seeds[name])
        yield (
            f"tasks have unlike numbers of seeds, from {seeds[few]} ({few}) to {seeds[many]} ({many}): over tasks each "
            "weighs the same"
        )


def _shared(tasks: Tasks) -> Iterator[str]:
    """Yield a warning for tasks that have the same data: what they show is then not independent."""
    by_data: dict[str, list[str]] = {}
    for name, table in tasks.tables.items():
        if (data := table.pool.get("data_hash")) is not None:
            by_data.setdefault(data, []).append(name)
    for names in by_data.values():
        if len(names) > 1:
            yield f"{named(names)} have the same data: their errors count as independent, which they are not"


def of_each_task(found: Mapping[str, Comparison]) -> list[Note]:
    """Return the warnings of the tasks, each once, with the tasks that it is about in front."""
    said = [(f"task {name}", text) for name, each in found.items() for text in each.warnings]
    return of_each(said, [f"task {name}" for name in found], "each task")


def dominant(tasks: Sequence[str], estimates: np.ndarray) -> str | None:
    """Return a warning where the difference on one task outweighs those on all others together; None elsewhere."""
    sizes = np.abs(estimates)
    if len(tasks) < FEWEST_WITHOUT_ONE or sizes.max() <= sizes.sum() - sizes.max():
        return None
    share, where = sizes.max() / sizes.sum(), tasks[int(sizes.argmax())]
    return (
        f"task {where!r} makes {100 * share:.0f}% of the differences on {len(tasks)} tasks, signs aside: the mean over "
        "tasks is mostly that of this one"
    )


def named(tasks: Sequence[str], most: int = 5) -> str:
    """Return tasks in words, the first few by name."""
    more = f" and {len(tasks) - most} more" if len(tasks) > most else ""
    return f"{'task' if len(tasks) == 1 else 'tasks'} {', '.join(map(repr, tasks[:most]))}{more}"


def unlike_scales(found: Mapping[str, Comparison], asked: Question) -> Iterator[str]:
    """Yield a warning where the control's values are so unlike that one task makes most of an average over tasks."""
    medians = {name: each.conditions[asked.control].median for name, each in found.items()}
    sizes = {name: abs(value) for name, value in medians.items() if value is not None and np.isfinite(value)}
    if asked.scale != RAW or is_fraction(asked.metric) or not sizes:
        return
    few, many = min(sizes, key=lambda name: sizes[name]), max(sizes, key=lambda name: sizes[name])
    if sizes[many] > UNLIKE * sizes[few]:
        yield (
            f"{asked.metric} of {asked.control} is {medians[few]:.3g} on task {few!r} and {medians[many]:.3g} on task "
            f"{many!r}: an average of raw differences is mostly that of the tasks with large values; where all values "
            "are above 0, --scale log-ratio compares ratios"
        )
