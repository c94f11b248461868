"""The best condition, honestly: chosen on one thing and reported on another, and what the naive pick would boast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from analysis.base.records import Record
from analysis.methods.multiplicity import holm
from analysis.tables.pairing import rounding, varies
from bench.schema.known_metrics import LOWER, Direction


@dataclass(frozen=True, kw_only=True)
class Selection(Record):
    """Which condition is best, and what it gains over the control; None below 2 seeds or 2 conditions,
    and where it is not known which values of the metric are better.

    Parameters
    ----------
    n : int
        Seeds at which every condition trained.
    chosen_on_validation : str or None
        Condition with the highest mean validation accuracy; None without validation images.
    validation_difference_of_chosen, test_difference_of_chosen : float or None
        Its difference to the control there, and in the metric.
    crossfit_difference : float or None
        Difference of each seed for the condition that is best by all other seeds, averaged.
    best_set : tuple of str or None
        Condition with the best mean, and those not shown to be worse.
    optimism : float or None
        By how much the naive pick's difference is above the cross-fitted one, in the direction of benefit.
    """

    n: int
    chosen_on_validation: str | None = None
    validation_difference_of_chosen: float | None = None
    test_difference_of_chosen: float | None = None
    crossfit_difference: float | None = None
    best_set: tuple[str, ...] | None = None
    optimism: float | None = None


def selection(
    labels: Sequence[str],
    values: np.ndarray,
    validation: np.ndarray | None,
    alpha: float,
    direction: Direction | None,
) -> Selection:
    """Return the best condition: differences to the control, in the metric's own unit, raw sign.

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
    n, k = values.shape
    found = Selection(n=n)
    if n < 2 or k < 2 or direction is None:
        return found
    benefit = -values if direction == LOWER else values
    differences = values - values[:, :1]
    if validation is not None:
        means = validation.mean(axis=0)
        chosen = 1 + int(np.argmax(means[1:]))
        found = replace(
            found,
            chosen_on_validation=labels[chosen],
            validation_difference_of_chosen=float(means[chosen] - means[0]),
            test_difference_of_chosen=float(differences[:, chosen].mean()),
        )
    others = (benefit.sum(axis=0) - benefit) / (n - 1)
    picked = 1 + np.argmax(others[:, 1:], axis=1)
    crossfit = float(differences[np.arange(n), picked].mean())
    naive = float(differences[:, 1 + int(np.argmax(benefit[:, 1:].mean(axis=0)))].mean())
    optimism = crossfit - naive if direction == LOWER else naive - crossfit
    best_set = _best_set(labels, benefit, alpha)
    return replace(found, crossfit_difference=crossfit, best_set=best_set, optimism=optimism)


def _best_set(labels: Sequence[str], benefit: np.ndarray, alpha: float) -> tuple[str, ...]:
    """Return the best label and those not shown to be worse, in the order of `labels`."""
    n, best = len(benefit), int(np.argmax(benefit.mean(axis=0)))
    others = [each for each in range(len(labels)) if each != best]
    p = []
    for each in others:
        lead = benefit[:, best] - benefit[:, each]
        if not varies(lead, rounding(benefit)):
            p.append(1.0)
            continue
        p.append(float(special.stdtr(n - 1, -lead.mean() / (lead.std(ddof=1) / np.sqrt(n)))))
    worse = {each for each, adjusted in zip(others, holm(p), strict=True) if adjusted < alpha}
    return tuple(label for place, label in enumerate(labels) if place not in worse)
