"""Confidence sequences of every condition, as plain data: at alpha, and at alpha over the family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.methods.confidence_sequence import planned_levels, sequence
from analysis.methods.paired_t import p_t
from analysis.methods.result import probability
from analysis.tables.pairing import Pairs


def sequences(family: Sequence[Pairs], alpha: float, planned: int | None = None) -> dict[str, Any]:
    """Return ``sequences``, one per condition, seed by seed in the order of the seeds.

    Each has ``first_n_excluding_zero`` and ``looks`` at `alpha`, and the same with suffix ``_family`` at alpha / K, for
    the K conditions. With `planned` looks, each has ``planned_looks`` too: the seeds seen, the level that O'Brien and
    Fleming's spending allows there at alpha / K, the paired t test's p, and whether it may stop.
    """
    return {
        "alpha": alpha,
        "conditions": len(family),
        "sequences": [_of_condition(pairs, alpha, len(family), planned) for pairs in family],
    }


def _of_condition(pairs: Pairs, alpha: float, size: int, planned: int | None) -> dict[str, Any]:
    found: dict[str, Any] = {"condition": pairs.condition, "n": pairs.n}
    for suffix, level in (("", alpha), ("_family", alpha / size)):
        seen = sequence(pairs, level)
        first = next((look.n for look in seen if look.excludes_zero()), None)
        found |= {f"first_n_excluding_zero{suffix}": first, f"looks{suffix}": [vars(look) for look in seen]}
    if planned is not None:
        found["planned_looks"] = _planned(pairs, alpha / size, planned)
    return found


def _planned(pairs: Pairs, alpha: float, number: int) -> list[dict[str, Any]]:
    ends = sorted({max(2, round(pairs.n * look / number)) for look in range(1, number + 1)}) if pairs.n >= 2 else []
    levels = planned_levels([end / pairs.n for end in ends], alpha)
    told = []
    for end, level in zip(ends, levels, strict=True):
        seen = pairs.on(pairs.seeds[:end])
        p = p_t(seen) if seen.varies else None
        told.append({"n": end, "level": probability(level), "p_t": p, "may_stop": p is not None and p < level})
    return told
