"""The best condition, honestly: chosen on one thing and reported on another, and what the naive pick would boast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from analysis.methods.multiplicity import holm
from analysis.tables.pairing import rounding, varies

KEYS = (
    "chosen_on_validation", "validation_difference_of_chosen", "test_difference_of_chosen",
    "crossfit_difference", "best_set", "optimism",
)  # fmt: skip


def selection(
    labels: Sequence[str], values: np.ndarray, validation: np.ndarray | None, alpha: float, lower_is_better: bool
) -> dict[str, Any]:
    """Return the keys of `KEYS`: differences to the control, in the metric's own unit, raw sign.

    Parameters
    ----------
    labels : sequence of str, [k]
        The control first.
    values : ndarray, [seeds, k]
        The metric at the seeds at which every condition trained.
    validation : ndarray, [seeds, k], or None
        Validation accuracy at the same seeds; None leaves the first three keys null.

    Notes
    -----
    What is picked is a condition other than the control, which it is measured against: picked on validation, or
    cross-fitted (each seed's difference for the condition that is best by the mean over the other seeds, averaged), or
    naively (the best mean, on the very data that it is measured on). optimism: by how much the naive difference is
    above the cross-fitted one, positive where it boasts. best_set, over all conditions: the one with the best mean, and
    those that are not worse by a paired t test, one-sided, at Holm-adjusted alpha; a lead that does not vary cannot be
    tested.
    """
    found: dict[str, Any] = dict.fromkeys(KEYS)
    n, k = values.shape
    if n < 2 or k < 2:
        return found
    benefit = -values if lower_is_better else values
    differences = values - values[:, :1]
    if validation is not None:
        means = validation.mean(axis=0)
        chosen = 1 + int(np.argmax(means[1:]))
        found["chosen_on_validation"] = labels[chosen]
        found["validation_difference_of_chosen"] = float(means[chosen] - means[0])
        found["test_difference_of_chosen"] = float(differences[:, chosen].mean())
    others = (benefit.sum(axis=0) - benefit) / (n - 1)
    picked = 1 + np.argmax(others[:, 1:], axis=1)
    crossfit = float(differences[np.arange(n), picked].mean())
    naive = float(differences[:, 1 + int(np.argmax(benefit[:, 1:].mean(axis=0)))].mean())
    found["crossfit_difference"] = crossfit
    found["optimism"] = crossfit - naive if lower_is_better else naive - crossfit
    found["best_set"] = _best_set(labels, benefit, alpha)
    return found


def _best_set(labels: Sequence[str], benefit: np.ndarray, alpha: float) -> list[str]:
    """Return the best label and those not shown to be worse, in the order of `labels`."""
    n, best = len(benefit), int(np.argmax(benefit.mean(axis=0)))
    others = [each for each in range(len(labels)) if each != best]
    p = []
    for each in others:
        lead = benefit[:, best] - benefit[:, each]
        if not varies(lead, rounding(benefit)):
            p.append(1.0)
            continue
        p.append(float(stats.t.sf(lead.mean() / (lead.std(ddof=1) / np.sqrt(n)), n - 1)))
    worse = {each for each, adjusted in zip(others, holm(p), strict=True) if adjusted < alpha}
    return [label for place, label in enumerate(labels) if place not in worse]
