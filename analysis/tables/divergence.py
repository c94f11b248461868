"""Which trials diverged: the rule that is fixed before the data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.base.errors import listed
from analysis.tables.checks import numbers
from analysis.tables.counts import count_ratio
from analysis.tables.percent import outside
from analysis.tables.reading import LOSS_NOT_FINITE, is_loss
from analysis.tables.statuses import ENDS_ALONE, STATUS
from bench.schema import CHANCE_TOLERANCE, DIVERGED, has_diverged, is_at_chance

SAID = "_said_diverged"
"""Column ``diverged`` of the source: the caller's own word, which counts as a status 'diverged' does."""

COLLAPSES_NOT_KNOWN = (
    "whether a run collapsed to chance is not known, and such a run counts as trained: the table has no status, and "
    "chance is not known (give --chance)"
)
COLLAPSES_NOT_SEEN = (
    "whether a run collapsed to chance is not known, and such a run counts as trained: the table has no status and no "
    "test accuracy"
)
"""The same of a table in which chance would find none."""


def collapses_not_known(warnings: Sequence[str]) -> str | None:
    """Return why collapsed runs count as trained, where warnings say so."""
    return next((each for each in (COLLAPSES_NOT_KNOWN, COLLAPSES_NOT_SEEN) if each in warnings), None)


def chance_of(frame: pd.DataFrame, given: float | None) -> tuple[float | None, list[str]]:
    """Return the chance accuracy (a fraction) and warnings.

    `given` wins over the column ``classes``; None where neither says.
    """
    classes = frame["classes"].dropna().unique() if "classes" in frame.columns else np.empty(0)
    told = 1 / float(classes[0]) if len(classes) == 1 else None
    if given is None:
        several = [f"classes has several values ({sorted(map(int, classes))}): chance is not known; give --chance"]
        return told, several if len(classes) > 1 else []
    if told is not None and abs(told - given) > 1e-9:
        return given, [f"chance is set to {given:g}; the table's classes say {told:g}"]
    return given, []


def test_accuracy(frame: pd.DataFrame) -> np.ndarray:
    """Return the final test accuracy of each row as a fraction, [rows]; NaN where the table does not say.

    In a table with neither ``test_accuracy`` nor its counts, a column ``accuracy`` is it.
    """
    exact = count_ratio(frame, "test_accuracy")
    stored = [name for name in ("test_accuracy", "accuracy") if name in frame.columns]
    if not stored or (stored[0] == "accuracy" and exact is not None):
        accuracy = np.full(len(frame), np.nan)
    else:
        accuracy = numbers(frame[stored[0]]).to_numpy(float, na_value=np.nan)
    return accuracy if exact is None else np.where(exact.known, exact.fractions, accuracy)


def is_known(frame: pd.DataFrame) -> bool:
    """Return whether anything was looked at that tells which trials diverged: a status, a loss, or test accuracy."""
    told = SAID in frame.columns or (STATUS in frame.columns and ENDS_ALONE not in frame.columns)
    losses = any(is_loss(str(name)) and pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns)
    return told or losses or bool(np.isfinite(test_accuracy(frame)).any())


def diverged(frame: pd.DataFrame, chance: float | None, exempt: frozenset[str]) -> tuple[np.ndarray, list[str]]:
    """Mark the trials that diverged.

    A trial diverged where its status (or a column ``diverged`` of the source) says so, where a loss is not finite, or
    where its final test accuracy is at most `chance` + `CHANCE_TOLERANCE`. Conditions in `exempt` are meant to be at
    chance: for them only a loss that is not finite counts.

    Returns
    -------
    ndarray of bool, [rows], and warnings about rows where the rule overrules the status, and about what it cannot see.
    """
    finite = ~frame[LOSS_NOT_FINITE].to_numpy(bool)
    is_exempt = frame["condition"].isin(exempt).to_numpy(bool)
    said = np.zeros(len(frame), bool)
    if "status" in frame.columns:
        said = (frame["status"] == DIVERGED).to_numpy(bool)
    flagged = frame[SAID].fillna(False).astype(bool).to_numpy() if SAID in frame.columns else said
    accuracy = test_accuracy(frame)
    at_chance = is_at_chance(accuracy, chance)
    marked = has_diverged(finite, said | flagged | at_chance, is_exempt)
    told = "status" in frame.columns or SAID in frame.columns
    overruled = int((marked & ~(said | flagged)).sum()) if told else 0
    warnings = _blind_spots(frame, marked, chance, accuracy)
    if "status" in frame.columns and (flagged & ~said).any():
        several = int((flagged & ~said).sum())
        warnings.append(
            f"{_trials(several)} counted as diverged because the column diverged is true, though the status differs"
        )
    if overruled:
        warnings.append(
            f"{_trials(overruled)} counted as diverged though the status does not say so: a loss is not finite, or "
            f"test accuracy is at most chance + {CHANCE_TOLERANCE:g}"
        )
    return marked, warnings


def _trials(number: int) -> str:
    return "1 trial is" if number == 1 else f"{number} trials are"


def _blind_spots(frame: pd.DataFrame, marked: np.ndarray, chance: float | None, accuracy: np.ndarray) -> list[str]:
    """Return warnings about trials whose divergence the table may hide."""
    warnings = []
    if chance is not None and len(frame) and not np.isfinite(accuracy).any():
        warnings.append(
            "chance is known, but the table has no test accuracy (test_correct and test_total, test_accuracy, or "
            "accuracy): collapsed trials count as trained unless their status says otherwise"
        )
    if chance is not None and (beyond := int(outside("accuracy", accuracy).sum())):
        warnings.append(
            f"test accuracy is outside 0 to 1 in {beyond} trials: the rule of divergence is of fractions, so collapsed "
            "ones count as trained unless their status says otherwise"
        )
    losses = [name for name in frame.columns if is_loss(str(name)) and frame[name].notna().any()]
    empty = [name for name in losses if (frame[name].isna().to_numpy(bool) & ~marked).any()]
    if empty:
        rows = int((frame[empty].isna().any(axis=1).to_numpy(bool) & ~marked).sum())
        warnings.append(
            f"{listed(empty)}: empty in {rows} trials that count as trained; pandas writes NaN as an empty cell, so "
            "where the loss was NaN say so: write nan, or the status 'diverged'"
        )
    return warnings
