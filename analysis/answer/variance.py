"""Each condition's variance by source of randomness, and by what a new test set would show of it, as plain data."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.records import Record
from analysis.methods.variance_components import Component, SeedVariance, components, split_seed_variance
from analysis.tables.images import crossed, images_of
from analysis.tables.item_groups import ItemGroups
from analysis.tables.metric import measure
from analysis.tables.table import Table

SOURCES = {"init_seed": "initialisation", "order_seed": "order", "mask_seed": "mask"}


@dataclass(frozen=True, kw_only=True)
class SplitByTestSet(Record):
    """Variance of a condition over seeds, split by what a new test set would show of it.

    Parameters
    ----------
    total, lasting, churn : float
        As in `analysis.methods.variance_components.SeedVariance`.
    lasting_share, churn_share : float or None
        Share of the sum of both parts; None where the total is 0.
    """

    total: float
    lasting: float
    churn: float
    lasting_share: float | None
    churn_share: float | None


@dataclass(frozen=True, kw_only=True)
class ConditionVariance(Record):
    """Variance of one condition by source.

    Parameters
    ----------
    condition : str
    n : int
        Trials with a number.
    n_diverged : int or None
        Trials that diverged; None where the table says nothing of it.
    why : str or None
        Why the sources cannot be told apart; None where they can.
    components : tuple of Component
        Empty where they cannot.
    test_set : SplitByTestSet or None
        None where it is not known which test images each trial got right.
    """

    condition: str
    n: int
    n_diverged: int | None
    why: str | None
    components: tuple[Component, ...]
    test_set: SplitByTestSet | None


@dataclass(frozen=True, kw_only=True)
class VarianceBySource(Record):
    """Variance of every condition of a table by source of randomness.

    Parameters
    ----------
    metric : str
    alpha : float
        Error rate of each interval.
    conditions : tuple of ConditionVariance
    notes : tuple of str
        What to know of the estimates.
    """

    metric: str
    alpha: float
    conditions: tuple[ConditionVariance, ...]
    notes: tuple[str, ...]


def variance_by_source(table: Table, metric: str, alpha: float) -> VarianceBySource:
    """Return each condition's components where its sources are fully crossed, and its split by test set.

    Sources that vary together (a study's plain seeds) are one source, ``seed``, and only the split by test set is
    known.
    """
    measured, images = measure(table, metric), images_of(table, "test_accuracy") if metric == "test_accuracy" else None
    conditions, notes = [], set()
    images, grouped = crossed(images, len(table.seeds))
    groups = None if images is None or images.groups is None else ItemGroups.of(images.groups)
    if grouped:
        notes.add(
            "Test examples lie in groups too few to say what a new test set would show: that share is not given."
            if images is None
            else "Test examples lie in groups: a new test set is one of other groups."
        )
    for label in table.conditions:
        arm = measured.arms[label]
        kept = ~arm.diverged & np.isfinite(arm.value)
        rows = table.rows_of(label).set_index("seed").loc[arm.seeds[kept]]
        values, why = _crossing(rows, arm.value[kept])
        found = [] if values is None else components(values[0], values[1], alpha)
        if any(each.estimate < 0 for each in found):
            notes.add("Components whose estimate is negative are shown as 0, from which they cannot be distinguished.")
        split = None
        if (
            images is not None
            and kept.sum() > 1
            and all((label, int(seed)) in images.packed for seed in arm.seeds[kept])
        ):
            split = _shares(split_seed_variance(images.correct(label, arm.seeds[kept]), groups))
        conditions.append(
            ConditionVariance(
                condition=label,
                n=int(kept.sum()),
                n_diverged=int(arm.diverged.sum()) if measured.divergence_known else None,
                why=why,
                components=tuple(found),
                test_set=split,
            )
        )
    return VarianceBySource(metric=metric, alpha=alpha, conditions=tuple(conditions), notes=tuple(sorted(notes)))


def _shares(split: SeedVariance) -> SplitByTestSet:
    """Return a split with the shares of its two parts."""
    whole = split.lasting + split.churn
    share = split.lasting / whole if split.total > 0 else None
    return SplitByTestSet(
        total=split.total,
        lasting=split.lasting,
        churn=split.churn,
        lasting_share=share,
        churn_share=None if share is None else 1 - share,
    )


def _crossing(rows: pd.DataFrame, values: np.ndarray) -> tuple[tuple[np.ndarray, list[str]] | None, str | None]:
    """Return the values with an axis for each source that varies, and their names; or why that cannot be done."""
    distinct = {name: len(rows[name].dropna().unique()) for name in SOURCES if name in rows.columns}
    columns = [name for name, number in distinct.items() if number > 1]
    if not columns:
        return None, "no source varies by itself: the table has no init_seed, order_seed and mask_seed that differ"
    together = [
        f"{SOURCES[a]} and {SOURCES[b]}"
        for a, b in itertools.combinations(columns, 2)
        if len(rows[[a, b]].drop_duplicates()) == distinct[a] == distinct[b]
    ]
    if together:
        return None, f"{', '.join(together)} vary together: they are one source, the seed, and cannot be separated"
    levels = [np.unique(rows[name].to_numpy()) for name in columns]
    cells = int(np.prod([len(each) for each in levels]))
    places = [np.searchsorted(level, rows[name]) for name, level in zip(columns, levels, strict=True)]
    whole = np.full([len(each) for each in levels], np.nan)
    whole[tuple(places)] = values
    if len(values) != cells or np.isnan(whole).any():
        names = ", ".join(SOURCES[name] for name in columns)
        return None, f"{names}: {len(values)} trials are no full crossing, which would have {cells}, each once"
    return (whole, [SOURCES[name] for name in columns]), None
