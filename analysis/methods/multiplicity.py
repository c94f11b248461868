"""Adjusted p-values of a family: max-t by sign flips (primary), Holm, and Benjamini-Hochberg."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np

from analysis.methods.paired_t import p_t
from analysis.methods.result import Finding, probability, undefined, why_untestable
from analysis.methods.sign_flip import Flips, flip, single_step, step_down
from analysis.tables.pairing import Pairs

MAX_T_KEYS = ("n_max_t", "p_max_t", "p_max_t_step_down")
T_KEYS = ("p_holm", "p_bh")
KEYS = (*MAX_T_KEYS, *T_KEYS)


def sign_flip_tests(comparisons: Sequence[Pairs]) -> Mapping[str, Finding]:
    """Return p_sign_flip, and p_min_attainable = 2 / 2^n, of each comparison alone.

    The flips depend on n only, so comparisons of one n share them; no number depends on the others.
    """
    keys = ("p_sign_flip", "p_min_attainable")
    found = {pairs.condition: undefined(keys, why_untestable(pairs) or "") for pairs in comparisons}
    testable = [pairs for pairs in comparisons if why_untestable(pairs) is None]
    for n in sorted({pairs.n for pairs in testable}):
        of_size = [pairs for pairs in testable if pairs.n == n]
        flips = _flip_rows(of_size)
        for column, pairs in enumerate(of_size):
            p = float(single_step(flips.column(column))[0])
            found[pairs.condition] = Finding({"p_sign_flip": p, "p_min_attainable": probability(2.0 ** (1 - n))})
    return found


def _flip_rows(comparisons: Sequence[Pairs]) -> Flips:
    return flip(
        np.column_stack([pairs.differences for pairs in comparisons]),
        np.array([pairs.resolution for pairs in comparisons]),
    )


def common_seeds(family: Sequence[Pairs]) -> np.ndarray:
    """Return the seeds that all pairs of the family have, ascending."""
    return reduce(np.intersect1d, [pairs.seeds for pairs in family]) if family else np.empty(0, np.int64)


def max_t(family: Sequence[Pairs]) -> Mapping[str, Finding]:
    """Return n_max_t, p_max_t and p_max_t_step_down of each condition that can be tested.

    Whole seed rows are flipped, on the seeds that all conditions of the family have. A condition without variation
    there leaves the family.
    """
    testable = [pairs for pairs in family if why_untestable(pairs) is None]
    seeds = common_seeds(testable)
    on_common = [pairs.on(seeds) for pairs in testable]
    inside = [pairs for pairs in on_common if pairs.varies]
    found = {pairs.condition: undefined(MAX_T_KEYS, why_untestable(pairs) or "") for pairs in family}
    for own, common in zip(testable, on_common, strict=True):
        if not common.varies:
            why = f"p_max_t is null: on the {common.n} seeds that all conditions of the family have, nothing varies"
            found[own.condition] = undefined(MAX_T_KEYS, why)
    if not inside:
        return found
    flips = _flip_rows(inside)
    sizes = {pairs.condition: pairs.n for pairs in testable}
    for pairs, single, down in zip(inside, single_step(flips), step_down(flips), strict=True):
        fewer = f"p_max_t uses the {len(seeds)} seeds that all conditions of the family have, of {{}} pairs"
        warnings = (fewer.format(sizes[pairs.condition]),) if len(seeds) < sizes[pairs.condition] else ()
        values = {"n_max_t": len(seeds), "p_max_t": float(single), "p_max_t_step_down": float(down)}
        found[pairs.condition] = Finding(values, warnings)
    return found


def adjusted_t(family: Sequence[Pairs]) -> Mapping[str, Finding]:
    """Return p_holm and p_bh of each condition: p_t adjusted over the conditions that can be tested."""
    testable = [pairs for pairs in family if why_untestable(pairs) is None]
    found = {pairs.condition: undefined(T_KEYS, why_untestable(pairs) or "") for pairs in family}
    raw = [p_t(pairs) for pairs in testable]
    for pairs, by_holm, by_bh in zip(testable, holm(raw), benjamini_hochberg(raw), strict=True):
        found[pairs.condition] = Finding({"p_holm": by_holm, "p_bh": by_bh})
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
