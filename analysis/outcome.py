"""Which trials diverged: the rule that is fixed before the data."""

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportReturnType=false
# pyright: reportGeneralTypeIssues=false, reportOperatorIssue=false, reportIndexIssue=false

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.counts import count_ratio
from analysis.reading import LOSS_NOT_FINITE
from bench.schema import CHANCE_TOLERANCE, DIVERGED

_EDGE = 1e-12  # 0.1 + 0.05 is not quite 0.15 in binary: an accuracy of exactly 15% is at chance


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
    """Return the final test accuracy of each row as a fraction, [rows]; NaN where the table does not say."""
    accuracy = np.full(len(frame), np.nan)
    if "test_accuracy" in frame.columns:
        accuracy = pd.to_numeric(frame["test_accuracy"], errors="coerce").to_numpy(float, na_value=np.nan)
    exact = count_ratio(frame, "test_accuracy")
    return accuracy if exact is None else np.where(exact.known, exact.fractions, accuracy)


def diverged(frame: pd.DataFrame, chance: float | None, exempt: frozenset[str]) -> tuple[np.ndarray, list[str]]:
    """Mark the trials that diverged.

    A trial diverged where its status says so, where a loss is not finite, or where its final test accuracy is at
    most `chance` + `CHANCE_TOLERANCE`. Conditions in `exempt` are meant to be at chance: for them only a loss
    that is not finite counts.

    Returns
    -------
    ndarray of bool, [rows], and warnings about rows where the rule overrules the status.
    """
    not_finite = frame[LOSS_NOT_FINITE].to_numpy(bool)
    is_exempt = frame["condition"].isin(exempt).to_numpy(bool)
    said = np.zeros(len(frame), bool)
    if "status" in frame.columns:
        said = (frame["status"] == DIVERGED).to_numpy(bool)
    accuracy = test_accuracy(frame)
    at_chance = np.zeros(len(frame), bool)
    if chance is not None:
        at_chance = np.nan_to_num(accuracy, nan=np.inf) <= chance + CHANCE_TOLERANCE + _EDGE
    marked = not_finite | (~is_exempt & (said | at_chance))
    overruled = int((marked & ~said).sum()) if "status" in frame.columns else 0
    warnings = []
    if overruled:
        warnings.append(
            f"{overruled} trials whose status is not 'diverged' meet the divergence rule (a loss that is not finite, "
            f"or test accuracy at most chance + {CHANCE_TOLERANCE:g}) and count as diverged"
        )
    return marked, warnings
