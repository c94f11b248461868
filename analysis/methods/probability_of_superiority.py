"""How often the condition is the better one: at the same seed, and as a fresh run against a fresh one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.records import Record
from analysis.methods.failure_rates import clopper_pearson
from analysis.methods.result import Finding, OfPairs, undefined
from analysis.tables.pairing import Pairs, clear_steps
from analysis.tables.question import Question
from bench.schema.known_metrics import LOWER, Direction


@dataclass(frozen=True, kw_only=True)
class Improvement(OfPairs):
    """How often the condition is better than the control, ties counting half; None without a pair or a direction.

    Parameters
    ----------
    improvement_paired : float or None
        Share of seeds.
    improvement_paired_low, improvement_paired_high : float or None
        Its interval at 1 - alpha.
    improvement_fresh : float or None
        Share of pairs of runs with different seeds; None with one pair.
    cliffs_delta : float or None
        Share of pairs of runs in which the condition is better, less the share in which it is worse.
    """

    improvement_paired: float | None = None
    improvement_paired_low: float | None = None
    improvement_paired_high: float | None = None
    improvement_fresh: float | None = None
    cliffs_delta: float | None = None

    @classmethod
    def of(cls, pairs: Pairs, question: Question) -> Finding[Record]:
        """Return the shares of one comparison."""
        return improvement(pairs, question.alpha, question.direction)


def improvement(pairs: Pairs, alpha: float, direction: Direction | None) -> Finding[Improvement]:
    """Return the shares of seeds, and of pairs of runs, in which the condition is better; ties count half.

    improvement_paired: over seeds; its interval at 1 - alpha is Clopper and Pearson's, low from the wins alone, high
    from wins and ties. improvement_fresh: over the n (n - 1) pairs of runs with different seeds, since a fresh run
    shares no seed. cliffs_delta: wins less losses over all n^2 pairs (Cliff 1993). All are null where it is not known
    which values are better.
    """
    n, sign = pairs.n, -1 if direction == LOWER else 1
    if n == 0 or direction is None:
        return undefined(Improvement(), "no pairs" if n == 0 else None)
    better = np.sign(sign * clear_steps(pairs))
    wins, ties = int((better > 0).sum()), int((better == 0).sum())
    low, high = clopper_pearson(wins, n, alpha)[0], clopper_pearson(wins + ties, n, alpha)[1]
    balance, same_seed = _balance(pairs), np.sign(_clear(pairs.treated - pairs.untreated, pairs)).sum()
    others = sign * (balance - same_seed) / (n * (n - 1)) if n > 1 else None
    found = Improvement(
        improvement_paired=(wins + ties / 2) / n,
        improvement_paired_low=low,
        improvement_paired_high=high,
        improvement_fresh=None if others is None else float((1 + others) / 2),
        cliffs_delta=float(sign * balance / n**2),
    )
    return undefined(found, "improvement_fresh is null: 1 pair has no two seeds that differ" if n == 1 else None)


def _balance(pairs: Pairs) -> int:
    """Return in how many of the n^2 pairs of runs the condition's value is above the control's, less those below."""
    others, tie = np.sort(pairs.untreated), _noise(pairs) / pairs.scale
    above = np.searchsorted(others, pairs.treated - tie, side="left").sum()
    below = (pairs.n - np.searchsorted(others, pairs.treated + tie, side="right")).sum()
    return int(above - below)


def _clear(apart: np.ndarray, pairs: Pairs) -> np.ndarray:
    return np.where(np.abs(apart) * pairs.scale <= _noise(pairs), 0.0, apart)


def _noise(pairs: Pairs) -> float:
    """Return what two values may differ by and still be equal, in steps: counts differ by 1 or not at all."""
    return 0.5 if pairs.resolution == 0 else pairs.noise
