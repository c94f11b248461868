"""Performance profiles of a comparison over tasks: each run set against the control's median on the same task."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.answer.runs_over_tasks import values_of_runs
from analysis.methods.performance_profile import PerformanceProfile, performance_profiles
from analysis.tables.asking import asked_of
from analysis.tables.metric import measure
from analysis.tables.question import LOG_RATIO
from analysis.tables.tasks import Tasks


def profiles_over_tasks(tasks: Tasks, whole: ComparisonOverTasks) -> tuple[PerformanceProfile, ...]:
    """Return the profile of every condition over the tasks that it has.

    None where no run of the control trained, and of splits, which share training data: their bands would be too narrow.

    What is easy to reach differs between tasks, so a run counts by its distance from the median of the control's runs
    on its task: a difference, on the scale log-ratio the logarithm of a ratio.
    """
    if whole.of_splits:
        return ()
    asked = replace(asked_of(tasks.first, whole.metric, whole.control, {}), direction=whole.direction)
    runs: dict[str, list[np.ndarray]] = {}
    for table in tasks.tables.values():
        measured = measure(table, whole.metric)
        control = values_of_runs(measured, whole.control, table.chance, asked)
        middle = np.median(control) if len(control) else np.nan
        if not np.isfinite(middle):
            continue
        for label in (label for label in (whole.control, *whole.across) if label in table.conditions):
            values = values_of_runs(measured, label, table.chance, asked)
            if whole.scale == LOG_RATIO:
                values = values[np.isfinite(values)]
            if len(values):
                runs.setdefault(label, []).append(_apart(values, middle, whole.scale))
    return performance_profiles(runs, whole.alpha, whole.direction) if runs else ()


def _apart(values: np.ndarray, middle: float, scale: str) -> np.ndarray:
    return np.log(values / middle) if scale == LOG_RATIO else values - middle
