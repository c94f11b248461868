"""What is described over tasks: the scores of single runs, and every pair of conditions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.answer.compare import paired
from analysis.methods.ranks_over_tasks import PairOverTasks, pairs_over_tasks
from analysis.methods.scores_over_tasks import ScoresOverTasks, scores_over_tasks
from analysis.methods.typical import HodgesLehmannEstimate
from analysis.tables.metric import Measured
from analysis.tables.pairs_by_seed import worst_of
from analysis.tables.question import RAW, Question
from analysis.tables.tasks import Tasks
from bench.schema.known_metrics import is_accuracy


def scores_of(tasks: Tasks, measured: Mapping[str, Measured], asked: Question) -> tuple[ScoresOverTasks, ...]:
    """Return the scores of single runs of every condition over its tasks."""
    runs = {
        label: {
            name: values_of_runs(measured[name], label, table.chance, asked)
            for name, table in tasks.tables.items()
            if label in table.conditions
        }
        for label in tasks.conditions
    }
    kept = {label: {name: each for name, each in by.items() if len(each)} for label, by in runs.items()}
    of_control = kept[asked.control]
    both = {
        label: {name: each for name, each in by.items() if name in of_control or label == asked.control}
        for label, by in kept.items()
    }
    return scores_over_tasks(
        {label: list(by.values()) for label, by in both.items() if by},
        {label: [of_control[name] for name in by] for label, by in both.items() if by and label != asked.control},
        asked.alpha,
        asked.direction,
        asked.scale == RAW,
    )


def values_of_runs(measured: Measured, label: str, chance: float | None, asked: Question) -> np.ndarray:
    """Return the values of the runs of one condition; a diverged one as in `analysis.tables.pairs_by_seed.arms`."""
    arm = measured.arms[label]
    worst = worst_of(asked.metric, asked.lower_is_better)
    if is_accuracy(asked.metric):
        lost, worst = np.isnan(arm.value), -math.inf if chance is None else chance
    else:
        lost = arm.diverged | np.isnan(arm.value)
    return arm.value[~lost] if worst is None else np.where(lost, worst, arm.value)


def pairs_of(
    tasks: Tasks, measured: Mapping[str, Measured], family: Sequence[str], asked: Question
) -> tuple[PairOverTasks, ...]:
    """Return every pair of conditions, the control among them, by their estimated differences on the tasks."""
    differences: dict[tuple[str, str], list[float]] = {}
    for one, other in itertools.combinations([asked.control, *family], 2):
        found = differences.setdefault((other, one), [])
        for name, table in tasks.tables.items():
            if one in table.conditions and other in table.conditions:
                pairs = paired(table, measured[name], other, one, asked).every
                if pairs.n:
                    found.append(HodgesLehmannEstimate(pairs).value)
    return pairs_over_tasks(differences, asked.direction)
