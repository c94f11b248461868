"""Pairs of conditions by the signs and ranks of their differences on the tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.base.records import Record
from analysis.methods.multiplicity import holm
from analysis.methods.signed_rank import signed_rank
from bench.schema.known_metrics import LOWER, Direction

FEWEST = 3
"""Tasks below which signed ranks say nothing."""

_SAME = 1e-9
"""Differences apart by less than this share of the largest are ties; so are those of 0."""


@dataclass(frozen=True, kw_only=True)
class PairOverTasks(Record):
    """One condition against another on every task that has both.

    Parameters
    ----------
    condition, other : str
    n_tasks : int
    wins, ties, losses : int or None
        Tasks on which the estimated difference favours `condition`, neither, or `other`; None where it is not known
        which values are better.
    p_wilcoxon : float or None
        Two-sided p of the signed ranks of these differences; None below `FEWEST` tasks, and where all are the same.
    p_holm : float or None
        The same, adjusted over all pairs.
    """

    condition: str
    other: str
    n_tasks: int
    wins: int | None = None
    ties: int | None = None
    losses: int | None = None
    p_wilcoxon: float | None = None
    p_holm: float | None = None


def signed_ranks(differences: Sequence[float]) -> float | None:
    """Return the two-sided p of Wilcoxon's signed ranks of one difference per task.

    None below `FEWEST` tasks, and where all differences are the same.

    Exact up to 200 tasks, ties at their midranks and zeros dropped (Wilcoxon 1945; Demsar 2006, Journal of Machine
    Learning Research 7, 1-30).
    """
    return _p(_steps(differences))


def pairs_over_tasks(
    differences: Mapping[tuple[str, str], Sequence[float]], direction: Direction | None
) -> tuple[PairOverTasks, ...]:
    """Return every pair of conditions over tasks.

    Parameters
    ----------
    differences : mapping of (condition, other) to the differences of `condition` from `other`, one per task
        Infinite where one lost to every other run.
    direction : {"higher", "lower"} or None
        Which values are better.
    """
    found = [_pair(*labels, _steps(each), direction) for labels, each in differences.items()]
    tested = [each for each in found if each.p_wilcoxon is not None]
    adjusted = iter(holm([each.p_wilcoxon for each in tested if each.p_wilcoxon is not None]))
    return tuple(each if each.p_wilcoxon is None else replace(each, p_holm=next(adjusted)) for each in found)


def _pair(condition: str, other: str, steps: np.ndarray, direction: Direction | None) -> PairOverTasks:
    pair = PairOverTasks(condition=condition, other=other, n_tasks=len(steps), p_wilcoxon=_p(steps))
    if direction is None:
        return pair
    gains = -steps if direction == LOWER else steps
    wins, losses = int((gains > 0).sum()), int((gains < 0).sum())
    return replace(pair, wins=wins, ties=len(steps) - wins - losses, losses=losses)


def _p(steps: np.ndarray) -> float | None:
    return None if len(steps) < FEWEST or (steps == steps[0]).all() else signed_rank(steps)[1]


def _steps(differences: Sequence[float]) -> np.ndarray:
    """Return differences as whole numbers, so that those that only rounding parts are ties; infinite ones stay."""
    values = np.asarray(differences, float)
    known = np.abs(values[np.isfinite(values)])
    step = _SAME * float(known.max()) if len(known) else 0.0
    return np.rint(values / step) if step else values
