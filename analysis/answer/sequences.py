"""Confidence sequences of every condition: at alpha, and at alpha over the family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.base.records import Record
from analysis.methods.confidence_sequence import Look, planned_levels, sequence
from analysis.methods.median_sequence import MedianLook, median_sequence
from analysis.methods.p_value import probability
from analysis.methods.paired_t import p_t
from analysis.tables.pairing import Pairs
from bench.schema.known_metrics import TYPICAL

MEDIAN = "median"
"""What is followed where the typical difference is estimated: a median has a sequence that no tail can break."""


@dataclass(frozen=True, kw_only=True)
class PlannedLook(Record):
    """One of several looks that were planned before the data.

    Parameters
    ----------
    n : int
        Seeds seen.
    level : float
        Level at which the test may reject here, by O'Brien and Fleming's spending.
    p_t : float or None
        p of the paired t test; None where nothing varies.
    may_stop : bool
        Whether p is below the level.
    """

    n: int
    level: float
    p_t: float | None
    may_stop: bool


@dataclass(frozen=True, kw_only=True)
class ConditionSequence(Record):
    """Confidence sequence of one condition, seed by seed.

    Parameters
    ----------
    condition : str
    n : int
        Complete pairs.
    first_n_excluding_zero : int or None
        Pairs at the first look whose interval excludes 0; None where none does.
    looks : tuple of Look, or of MedianLook
        At alpha, one after each pair.
    first_n_excluding_zero_family, looks_family
        The same at alpha over the number of conditions.
    planned_looks : tuple of PlannedLook or None
        None where no looks were planned: the key is then absent.
    """

    condition: str
    n: int
    first_n_excluding_zero: int | None
    looks: tuple[Look, ...] | tuple[MedianLook, ...]
    first_n_excluding_zero_family: int | None
    looks_family: tuple[Look, ...] | tuple[MedianLook, ...]
    planned_looks: tuple[PlannedLook, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the keys, ``planned_looks`` only where looks were planned."""
        found = super().to_json()
        if self.planned_looks is None:
            del found["planned_looks"]
        return found


@dataclass(frozen=True, kw_only=True)
class Sequences(Record):
    """Confidence sequences of all conditions against the control.

    Parameters
    ----------
    alpha : float
    conditions : int
        Conditions in the family.
    estimand : str or None
        `MEDIAN`; None where it is the mean: the key is then absent.
    sequences : tuple of ConditionSequence
    """

    alpha: float
    conditions: int
    estimand: str | None = None
    sequences: tuple[ConditionSequence, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the keys, ``estimand`` only where it is not the mean."""
        found = super().to_json()
        if self.estimand is None:
            del found["estimand"]
        return found


def sequences(family: Sequence[Pairs], alpha: float, planned: int | None = None, estimand: str = TYPICAL) -> Sequences:
    """Return the confidence sequence of each condition, in the order of the seeds; with `planned` looks, these too.

    It is of the median where `estimand` is the typical difference, else of the mean.
    """
    return Sequences(
        alpha=alpha,
        conditions=len(family),
        estimand=MEDIAN if estimand == TYPICAL else None,
        sequences=tuple(_of_condition(pairs, alpha, len(family), planned, estimand) for pairs in family),
    )


def follow(pairs: Pairs, alpha: float, estimand: str) -> tuple[Look, ...] | tuple[MedianLook, ...]:
    """Return the looks at one comparison: of the median where `estimand` is the typical difference, else the mean."""
    return tuple(median_sequence(pairs, alpha)) if estimand == TYPICAL else tuple(sequence(pairs, alpha))


def _of_condition(pairs: Pairs, alpha: float, size: int, planned: int | None, estimand: str) -> ConditionSequence:
    alone, together = follow(pairs, alpha, estimand), follow(pairs, alpha / size, estimand)
    return ConditionSequence(
        condition=pairs.condition,
        n=pairs.n,
        first_n_excluding_zero=_first(alone),
        looks=alone,
        first_n_excluding_zero_family=_first(together),
        looks_family=together,
        planned_looks=None if planned is None else _planned(pairs, alpha / size, planned),
    )


def _first(looks: Sequence[Look | MedianLook]) -> int | None:
    return next((look.n for look in looks if look.excludes_zero()), None)


def _planned(pairs: Pairs, alpha: float, number: int) -> tuple[PlannedLook, ...]:
    ends = sorted({max(2, round(pairs.n * look / number)) for look in range(1, number + 1)}) if pairs.n >= 2 else []
    levels = planned_levels([end / pairs.n for end in ends], alpha)
    told = []
    for end, level in zip(ends, levels, strict=True):
        seen = pairs.on(pairs.seeds[:end])
        p = p_t(seen) if seen.varies else None
        told.append(PlannedLook(n=end, level=probability(level), p_t=p, may_stop=p is not None and p < level))
    return tuple(told)
