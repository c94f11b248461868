"""Each condition's variance by source of randomness, and by what a new test set would show of it, as plain data."""

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd

from analysis.methods.variance_components import SeedVariance, components, split_seed_variance
from analysis.tables.images import images_of
from analysis.tables.metric import measure
from analysis.tables.table import Table

SOURCES = {"init_seed": "initialisation", "order_seed": "order", "mask_seed": "mask"}


def variance_by_source(table: Table, metric: str, alpha: float) -> dict[str, Any]:
    """Return ``conditions``, each with ``components`` where its sources are fully crossed, and ``test_set``.

    Sources that vary together (a study's plain seeds) are one source, ``seed``, and only the split by test set is
    known.
    """
    measured, images = measure(table, metric), images_of(table, "test_accuracy") if metric == "test_accuracy" else None
    conditions, notes = [], set()
    for label in table.conditions:
        arm = measured.arms[label]
        kept = ~arm.diverged & np.isfinite(arm.value)
        rows = table.rows_of(label).set_index("seed").loc[arm.seeds[kept]]
        values, why = _crossing(rows, arm.value[kept])
        found = [] if values is None else components(values[0], values[1], alpha)
        if any(each.estimate < 0 for each in found):
            notes.add("Components whose estimate is negative are shown as 0: they cannot be told from 0.")
        split = None
        if (
            images is not None
            and kept.sum() > 1
            and all((label, int(seed)) in images.packed for seed in arm.seeds[kept])
        ):
            split = _shares(split_seed_variance(images.correct(label, arm.seeds[kept]).astype(float)))
        conditions.append(
            {
                "condition": label,
                "n": int(kept.sum()),
                "n_diverged": int(arm.diverged.sum()),
                "why": why,
                "components": [vars(each) | {"factors": list(each.factors)} for each in found],
                "test_set": split,
            }
        )
    return {"metric": metric, "alpha": alpha, "conditions": conditions, "notes": sorted(notes)}


def _shares(split: SeedVariance) -> dict[str, Any]:
    """Return a split with the shares of its two parts; null where neither varies."""
    whole = split.lasting + split.churn
    share = split.lasting / whole if whole > 0 else None
    return vars(split) | {"lasting_share": share, "churn_share": None if share is None else 1 - share}


def _crossing(rows: pd.DataFrame, values: np.ndarray) -> tuple[tuple[np.ndarray, list[str]] | None, str | None]:
    """Return the values with an axis for each source that varies, and their names; or why that cannot be done."""
    columns = [name for name in SOURCES if name in rows.columns and rows[name].nunique() > 1]
    if not columns:
        return None, "no source varies by itself: the table has no init_seed, order_seed and mask_seed that differ"
    together = [
        f"{SOURCES[a]} and {SOURCES[b]}"
        for a, b in itertools.combinations(columns, 2)
        if len(rows[[a, b]].drop_duplicates()) == rows[a].nunique() == rows[b].nunique()
    ]
    if together:
        return None, f"{', '.join(together)} vary together: they are one source, the seed, and cannot be told apart"
    levels = [np.unique(rows[name].to_numpy()) for name in columns]
    cells = int(np.prod([len(each) for each in levels]))
    places = [np.searchsorted(level, rows[name]) for name, level in zip(columns, levels, strict=True)]
    whole = np.full([len(each) for each in levels], np.nan)
    whole[tuple(places)] = values
    if len(values) != cells or np.isnan(whole).any():
        names = ", ".join(SOURCES[name] for name in columns)
        return None, f"{names}: {len(values)} trials are no full crossing, which would have {cells}, each once"
    return (whole, [SOURCES[name] for name in columns]), None
