"""Adjusted p-values of a family: max-t by sign flips (primary), Holm, and Benjamini-Hochberg."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from analysis.base.records import Record
from analysis.methods.p_value import probability
from analysis.methods.paired_t import p_t
from analysis.methods.result import Finding, Method, Sample, undefined, why_untestable
from analysis.methods.sign_flip import Flips, flip, single_step, step_down
from analysis.tables.pairing import Pairs


@dataclass(frozen=True, kw_only=True)
class SignFlip(Method):
    """The sign-flip test of one comparison alone; None where nothing can be tested.

    Parameters
    ----------
    p_sign_flip : float or None
        Two-sided p-value.
    p_min_attainable : float or None
        The least p-value that so many pairs can give.
    """

    p_sign_flip: float | None = None
    p_min_attainable: float | None = None

    @classmethod
    def compute(cls, sample: Sample) -> Mapping[str, Finding[Record]]:
        """Return the test of every comparison."""
        return sign_flip_tests(sample.everyone)


def sign_flip_tests(comparisons: Sequence[Pairs]) -> Mapping[str, Finding[SignFlip]]:
    """Return the sign-flip test of each comparison alone, and the least p it can give, 2 / 2^n.

    The flips depend on n only, so comparisons of one n share them; no number depends on the others.
    """
    found = {pairs.condition: undefined(SignFlip(), why_untestable(pairs)) for pairs in comparisons}
    testable = [pairs for pairs in comparisons if why_untestable(pairs) is None]
    for n in sorted({pairs.n for pairs in testable}):
        of_size = [pairs for pairs in testable if pairs.n == n]
        flips = _flip_rows(of_size)
        for column, pairs in enumerate(of_size):
            p = float(single_step(flips.column(column))[0])
            found[pairs.condition] = Finding(SignFlip(p_sign_flip=p, p_min_attainable=probability(2.0 ** (1 - n))))
    return found


def _flip_rows(comparisons: Sequence[Pairs]) -> Flips:
    return flip(
        np.column_stack([pairs.differences for pairs in comparisons]),
        np.array([pairs.resolution for pairs in comparisons]),
    )


def common_seeds(family: Sequence[Pairs]) -> np.ndarray:
    """Return the seeds that all pairs of the family have, ascending."""
    return reduce(np.intersect1d, [pairs.seeds for pairs in family]) if family else np.empty(0, np.int64)


@dataclass(frozen=True, kw_only=True)
class MaxT(Method):
    """The sign-flip test adjusted over the family by max-t; None where nothing can be tested.

    Parameters
    ----------
    n_max_t : int or None
        Seeds that all conditions of the family have, on which the p-values rest.
    p_max_t, p_max_t_step_down : float or None
        Single-step and step-down p-value.
    """

    n_max_t: int | None = None
    p_max_t: float | None = None
    p_max_t_step_down: float | None = None

    @classmethod
    def compute(cls, sample: Sample) -> Mapping[str, Finding[Record]]:
        """Return the test of each comparison of the family."""
        return max_t(sample.family)


def max_t(family: Sequence[Pairs]) -> Mapping[str, Finding[MaxT]]:
    """Return the max-t test of each condition that can be tested.

    Whole seed rows are flipped, on the seeds that all conditions of the family have. A condition without variation
    there leaves the family.
    """
    testable = [pairs for pairs in family if why_untestable(pairs) is None]
    seeds = common_seeds(testable)
    on_common = [pairs.on(seeds) for pairs in testable]
    inside = [pairs for pairs in on_common if pairs.varies]
    found = {pairs.condition: undefined(MaxT(), why_untestable(pairs)) for pairs in family}
    for own, common in zip(testable, on_common, strict=True):
        if not common.varies:
            shared = f"the {common.n} {own.unit.key}s that all conditions of the family have"
            why = f"p_max_t is null: on {shared}, nothing varies"
            found[own.condition] = undefined(MaxT(), why)
    if not inside:
        return found
    flips = _flip_rows(inside)
    whole = {pairs.condition: pairs for pairs in testable}
    for pairs, single, down in zip(inside, single_step(flips), step_down(flips), strict=True):
        n, unit = whole[pairs.condition].n, pairs.unit
        fewer = (
            f"p_max_t uses the {len(seeds)} {unit.key}s that all conditions of the family have, of {unit.counted(n)}"
        )
        warnings = (fewer,) if len(seeds) < n else ()
        tested = MaxT(n_max_t=len(seeds), p_max_t=float(single), p_max_t_step_down=float(down))
        found[pairs.condition] = Finding(tested, warnings)
    return found


@dataclass(frozen=True, kw_only=True)
class AdjustedT(Method):
    """The p of the t test adjusted over the family; None where nothing can be tested.

    Parameters
    ----------
    p_holm, p_bh : float or None
        By Holm, and by Benjamini and Hochberg.
    """

    p_holm: float | None = None
    p_bh: float | None = None

    @classmethod
    def compute(cls, sample: Sample) -> Mapping[str, Finding[Record]]:
        """Return the p-values of each comparison of the family."""
        return adjusted_t(sample.family)


def adjusted_t(family: Sequence[Pairs]) -> Mapping[str, Finding[AdjustedT]]:
    """Return the p of each condition's t test, adjusted over the conditions that can be tested."""
    testable = [pairs for pairs in family if why_untestable(pairs) is None]
    found = {pairs.condition: undefined(AdjustedT(), why_untestable(pairs)) for pairs in family}
    raw = [p_t(pairs) for pairs in testable]
    for pairs, by_holm, by_bh in zip(testable, holm(raw), benjamini_hochberg(raw), strict=True):
        found[pairs.condition] = Finding(AdjustedT(p_holm=by_holm, p_bh=by_bh))
    return found


def holm(p: Sequence[float]) -> list[float]:
    """Return Holm's step-down p-values in input order.

    ``max over j <= i of min(1, (m - j + 1) p_(j))`` (Holm 1979).
    """
    ranked = np.asarray(p, float)
    order = np.argsort(ranked, kind="stable")
    steps = np.minimum(1.0, np.arange(len(order), 0, -1) * ranked[order])
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(steps)
    return [float(each) for each in adjusted]


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """Return Benjamini and Hochberg's p-values in input order.

    ``min over j >= i of min(1, m / j p_(j))`` (Benjamini and Hochberg 1995).
    """
    ranked = np.asarray(p, float)
    order = np.argsort(-ranked, kind="stable")
    m = len(order)
    steps = np.minimum(1.0, m / np.arange(m, 0, -1) * ranked[order])
    adjusted = np.empty(m)
    adjusted[order] = np.minimum.accumulate(steps)
    return [float(each) for each in adjusted]
