"""The best condition, honestly: chosen on one thing and reported on another, and what the naive pick would boast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from analysis.multiplicity import holm

KEYS = ("chosen_on_validation", "test_difference_of_chosen", "crossfit_difference", "best_set", "optimism")


def selection(
    labels: Sequence[str], values: np.ndarray, validation: np.ndarray | None, alpha: float, lower_is_better: bool
) -> dict[str, Any]:
    """Return the keys of `KEYS`, differences in the metric's own unit, raw sign.

    Parameters
    ----------
    labels : sequence of str, [k]
        The control first.
    values : ndarray, [seeds, k]
        The metric at the seeds at which every condition trained.
    validation : ndarray, [seeds, k], or None
        Validation accuracy at the same seeds; None leaves the first two keys null.

    Notes
    -----
    crossfit_difference: each seed's difference for the condition that is best by the mean over the other seeds,
    averaged. best_set: the condition with the best mean, and those that are not worse by a paired t test, one-sided, at
    Holm-adjusted alpha. optimism: by how much the naive pick, the best mean against the control's on the same
    data, is above the cross-fitted one, positive where it boasts.
    """
    found: dict[str, Any] = dict.fromkeys(KEYS)
    n, k = values.shape
    if n < 2 or k < 2:
        return found
    benefit = -values if lower_is_better else values
    differences = values - values[:, :1]
    if validation is not None:
        chosen = int(np.argmax(validation.mean(axis=0)))
        found["chosen_on_validation"] = labels[chosen]
        found["test_difference_of_chosen"] = float(differences[:, chosen].mean())
    others = (benefit.sum(axis=0) - benefit) / (n - 1)
    picked = np.argmax(others, axis=1)
    crossfit = float(differences[np.arange(n), picked].mean())
    best = int(np.argmax(benefit.mean(axis=0)))
    naive = float(differences[:, best].mean())
    found["crossfit_difference"] = crossfit
    found["optimism"] = crossfit - naive if lower_is_better else naive - crossfit
    found["best_set"] = _best_set(labels, benefit, best, alpha)
    return found


def _best_set(labels: Sequence[str], benefit: np.ndarray, best: int, alpha: float) -> list[str]:
    """Return the best label and those not shown to be worse, in the order of `labels`."""
    n = len(benefit)
    others = [each for each in range(len(labels)) if each != best]
    p = []
    for each in others:
        lead = benefit[:, best] - benefit[:, each]
        error = float(lead.std(ddof=1)) / np.sqrt(n)
        p.append(1.0 if error == 0 else float(stats.t.sf(lead.mean() / error, n - 1)))
    worse = {each for each, adjusted in zip(others, holm(p), strict=True) if adjusted < alpha}
    return [label for place, label in enumerate(labels) if place not in worse]
