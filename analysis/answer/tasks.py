"""Every condition against the control on several tasks: on each of them, on average over them, and on new ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, Unpack

import numpy as np
from scipy import special

from analysis.answer.compare import compared
from analysis.answer.comparison import Comparison
from analysis.answer.decision import DEPENDENT
from analysis.answer.headline import SEEDS, SEEDS_AND_EITHER, SEEDS_AND_GROUPS, SEEDS_AND_IMAGES, SPLITS
from analysis.answer.over_tasks import TASKS, AcrossTasks, ComparisonOverTasks
from analysis.answer.runs_over_tasks import pairs_of, scores_of
from analysis.answer.task_notes import dominant, named, of_each_task, of_tasks, unlike_scales
from analysis.base.errors import TableError, nearest
from analysis.base.notes import of_each
from analysis.methods.estimands import Inference
from analysis.methods.new_tasks import NewTasks, new_tasks, tasks_alone
from analysis.methods.over_splits import mean_that_decides
from analysis.methods.ranks_over_tasks import signed_ranks
from analysis.methods.result import FEWEST_FOR_IMAGES
from analysis.methods.signed_rank_distribution import fewest
from analysis.methods.these_tasks import TheseTasks, finite, these_tasks
from analysis.methods.typical import HodgesLehmannEstimate
from analysis.methods.verdict import CANNOT_TEST, FEW
from analysis.tables.asking import asked_of
from analysis.tables.folds import is_of_folds
from analysis.tables.metric import measure
from analysis.tables.pairing import Pairs
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.question import LOG_RATIO, SCALES, Question, Told
from analysis.tables.tasks import Tasks, gathered
from bench.schema.known_metrics import MEAN

N = TypeVar("N", float, np.ndarray)

SEQUENTIAL = "seeds were added until every condition was decided, and no interval over tasks allows for that"
TASKS_OF_SPLITS = "the tasks are splits of one data set, which share training data and are no sample of tasks"
ONE_RUN_EACH = "one run of each condition on a task says nothing of other seeds"
STEADY = "on no task does the difference vary with the seed: the seed may not be applied"
STEADY_AT_ZERO = "on no task is there any difference at any seed: the condition may not be applied"
LOST = "runs that count as worse than every other leave its estimate without limit"


@dataclass(frozen=True, eq=False)
class OnTask:
    """One condition against the control on one task.

    Parameters
    ----------
    task : str
    inference : Inference or None
        What its differences show, as one of the family over tasks; None where there are too few.
    n : int
        Pairs that it rests on.
    varies : bool
        Whether its differences vary.
    value : float
        Its estimate alone; NaN without a pair.
    independent : bool
        Whether they are of independent seeds, or else of splits whose share held out is known.
    """

    task: str
    inference: Inference | None
    n: int
    varies: bool
    value: float = math.nan
    independent: bool = True


def compare_tasks(tasks: Tasks, metric: str, control: str, **told: Unpack[Told]) -> ComparisonOverTasks:
    """Compare every condition with `control` on each task, and over tasks; parameters and errors of `compare`.

    Parameters
    ----------
    tasks : Tasks
    scale : {"raw", "log-ratio"}
        Whether differences are of values, or of their logarithms; then the margin is a ratio minus 1.
    """
    asked = asked_of(tasks.first, metric, control, told)
    family = _family(tasks, asked)
    told = {**told, "family": max(1, len(family) * len(tasks.tables)), "seeds": _fewest_seeds(tasks, control)}
    if asked.scale == LOG_RATIO and asked.margin is not None and not asked.faults():
        told["margin"] = math.log1p(asked.margin)
    of_splits = asked.test_fraction is not None or any(not each.unit.independent for each in tasks.tables.values())
    if of_splits:
        told["estimand"] = MEAN
    found, against = _each(tasks, metric, control, told)
    leading = next(iter(found.values())).estimand
    conditions: dict[str, AcrossTasks] = {}
    warnings: list[str] = [*of_tasks(tasks, control), *unlike_scales(found, asked), *of_each_task(found)]
    sequential = any(asked_of(table, metric, control, told).sequential for table in tasks.tables.values())
    judged = asked_of(tasks.first, metric, control, told)
    notes: list[tuple[str, str]] = []
    for label in family:
        on = [
            _on_task(name, against[name][label], found[name], judged, len(family))
            for name in tasks.tables
            if label in against[name]
        ]
        found_over, said = _across(label, on, judged, len(family), sequential)
        conditions[label] = _of_these_alone(found_over) if is_of_folds(tasks.choice) else found_over
        notes += [(label, text) for text in said]
    warnings += of_each(notes, family)
    measured = {name: measure(table, metric) for name, table in tasks.tables.items()}
    first = next(iter(found.values()))
    return ComparisonOverTasks(
        metric=metric,
        control=control,
        alpha=asked.alpha,
        margin=asked.margin,
        bad_ending=asked.bad_ending,
        direction=asked.direction,
        role=first.role,
        estimand=leading,
        scale=asked.scale,
        n_seeds=min(each.n_seeds for each in found.values()),
        warnings=tuple(dict.fromkeys(warnings)),
        tasks=found,
        across=conditions,
        scores=() if of_splits else scores_of(tasks, measured, asked),
        pairs=() if is_of_folds(tasks.choice) else pairs_of(tasks, measured, family, asked),
        example=first.example,
    )


def _family(tasks: Tasks, asked: Question) -> list[str]:
    """Return the conditions that are judged over tasks; raise TableError for what holds on no or not every task."""
    faults = [] if asked.scale in SCALES else [f"scale is {asked.scale!r}; allowed: {', '.join(map(repr, SCALES))}"]
    without = [name for name, table in tasks.tables.items() if asked.control not in table.conditions]
    if len(without) == len(tasks.tables):
        faults.append(
            f"there is no condition {asked.control!r} to be the control{nearest(asked.control, tasks.conditions)}"
        )
    elif without:
        faults.append(f"the control {asked.control!r} is missing on {named(without)}; every task needs it")
    if faults:
        raise TableError(tasks.source, faults)
    exempt = frozenset[str]().union(*(table.stays_at_chance for table in tasks.tables.values()))
    return [label for label in tasks.conditions if label != asked.control and label not in exempt]


def _fewest_seeds(tasks: Tasks, control: str) -> int:
    """Return the seeds of the task that has fewest: which estimand leads is decided once for all tasks."""
    return max(1, min(table.seeds_of(control) for table in tasks.tables.values()))


def _each(
    tasks: Tasks, metric: str, control: str, told: Told
) -> tuple[dict[str, Comparison], dict[str, Mapping[str, Arms]]]:
    """Return the comparison on each task with its pairs; raise TableError with the faults of all tasks."""
    found: dict[str, Comparison] = {}
    against: dict[str, Mapping[str, Arms]] = {}
    faults: dict[str, list[str]] = {}
    for name, table in tasks.tables.items():
        try:
            found[name], against[name] = compared(table, asked_of(table, metric, control, told))
        except TableError as error:
            for fault in error.faults:
                faults.setdefault(fault, []).append(name)
    if faults:
        raise TableError(tasks.source, gathered(faults, len(tasks.tables)))
    return found, against


def _on_task(task: str, arms: Arms, whole: Comparison, asked: Question, size: int) -> OnTask:
    leading = whole.estimand
    pairs = arms.complete if leading == MEAN else arms.every
    enough = pairs.n >= (FEW if leading == MEAN else fewest(whole.alpha, size))
    if not enough:
        return OnTask(task, None, pairs.n, pairs.varies, _alone(pairs, leading), pairs.unit.independent)
    estimate = HodgesLehmannEstimate(pairs) if leading != MEAN else mean_that_decides(pairs, asked)
    if estimate is None:
        return OnTask(task, None, pairs.n, pairs.varies, independent=False)
    effect = whole.effects[pairs.condition]
    floor = effect.test_set_floor if effect.n_pairs >= FEWEST_FOR_IMAGES else None
    found = Inference(estimate, size, floor, effect.test_set_floor_df)
    return OnTask(task, found, pairs.n, pairs.varies, estimate.value)


def _alone(pairs: Pairs, leading: str) -> float:
    """Return the estimate of pairs too few for an interval; NaN where there is none."""
    if not pairs.n:
        return math.nan
    return float(np.mean(pairs.differences)) / pairs.scale if leading == MEAN else HodgesLehmannEstimate(pairs).value


def _across(
    label: str, on: Sequence[OnTask], asked: Question, size: int, sequential: bool
) -> tuple[AcrossTasks, list[str]]:
    """Return what one condition shows over tasks, and what to know of it."""
    parts = [each.inference for each in on if each.inference is not None]
    why = SEQUENTIAL if sequential else _why_none(on)
    if why is not None:
        found = AcrossTasks(
            condition=label,
            n_tasks=len(on),
            scope=None,
            these=TheseTasks(verdict=CANNOT_TEST, reason=why),
            new=NewTasks(verdict=CANNOT_TEST, reason=why),
        )
        if sequential or not _are_unit(on):
            return found, [f"nothing is shown over tasks: {why}"]
        estimates = np.array([each.value for each in on])
        ahead = tasks_alone(estimates, asked, size)
        scope = None if ahead.result.low is None else TASKS
        return (
            replace(found, scope=scope, new=ahead.result, p_wilcoxon=signed_ranks(estimates.tolist())),
            [f"nothing is shown of these tasks: {why}", *ahead.warnings],
        )
    images = all(part.floor is not None for part in parts)
    if not images:
        parts = [Inference(part.estimate, part.size) for part in parts]
    estimates = np.array([part.estimate.value for part in parts])
    errors = np.array([_error(part, each.n, asked.alpha) for part, each in zip(parts, on, strict=True)])
    ahead = new_tasks(estimates, errors, asked, size)
    found = AcrossTasks(
        condition=label,
        n_tasks=len(on),
        scope=_scope(parts, asked),
        these=these_tasks(parts, asked)
        if any(each.varies for each in on)
        else TheseTasks(
            estimate=finite(float(estimates.mean())),
            verdict=CANNOT_TEST,
            reason=STEADY if estimates.any() else STEADY_AT_ZERO,
        ),
        new=ahead.result,
        p_wilcoxon=signed_ranks([float(each) for each in estimates]),
    )
    steady = [each.task for each in on if not each.varies]
    notes = [*ahead.warnings]
    if steady and (found.these.low is not None or found.new.low is not None):
        what = "the difference is the same at all seeds, and counts over tasks as known without error"
        notes.append(f"on {named(steady)} {what}")
    if (alone := dominant([each.task for each in on], estimates)) is not None:
        notes.append(alone)
    return found, notes


def _scope(parts: Sequence[Inference], asked: Question) -> str:
    """Return what varies within each task: groups of images on the tasks whose images lie in some."""
    if asked.test_fraction is not None:
        return SPLITS
    if any(part.floor is None for part in parts):
        return SEEDS
    kinds = {SEEDS_AND_IMAGES if part.floor_df is None else SEEDS_AND_GROUPS for part in parts}
    return kinds.pop() if len(kinds) == 1 else SEEDS_AND_EITHER


def _of_these_alone(found: AcrossTasks) -> AcrossTasks:
    """Return what is shown of tasks that are splits of one data set: of these alone, for they are no sample."""
    none = NewTasks(verdict=CANNOT_TEST, reason=TASKS_OF_SPLITS)
    return replace(found, scope=None if found.scope == TASKS else found.scope, new=none, p_wilcoxon=None)


def _why_none(on: Sequence[OnTask]) -> str | None:
    """Return why a condition shows nothing over tasks, None where it does."""
    if len(on) < 2:
        return "it is on 1 task alone"
    if any(not each.independent for each in on):
        return DEPENDENT
    few = [each.task for each in on if each.inference is None]
    if few and all(each.n == 1 for each in on):
        return ONE_RUN_EACH
    if few:
        return f"on {named(few)} the pairs are too few for an interval"
    lost = [each.task for each in on if each.inference and not math.isfinite(each.inference.estimate.value)]
    return f"on {named(lost)} {LOST}" if lost else None


def _are_unit(on: Sequence[OnTask]) -> bool:
    """Return whether tasks that lack an interval may each count as one value: those of independent seeds, all known."""
    return len(on) > 1 and all(each.independent and math.isfinite(each.value) for each in on)


def _error(part: Inference, n: int, alpha: float) -> float:
    """Return the standard error of one task: the half width of its interval by itself over the quantile of t."""
    ends = replace(part, size=1).ends(alpha)
    return math.nan if ends is None else standard_error(ends, n, alpha)


def standard_error(ends: tuple[N, N], n: int, alpha: float) -> N:
    """Return the standard error of which an interval at 1 - alpha is that of a t with n - 1 degrees of freedom."""
    return (ends[1] - ends[0]) / (-2 * float(special.stdtrit(n - 1, alpha / 2)))  # pyrefly: ignore[bad-return]
