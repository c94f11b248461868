"""The one decision that a comparison is told by: words, tables, figures and LaTeX read it, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.answer.reportable import FEW, max_t
from analysis.methods import verdict
from analysis.methods.confidence_sequence import sequence
from analysis.methods.result import probability
from analysis.tables.pairing import Pairs
from analysis.tables.question import Question

SEEDS, SEEDS_AND_IMAGES, SEQUENCE = "seeds", "seeds_and_images", "sequence"
"""What the decision holds for: new seeds on this test set; new seeds and test images; new seeds, looking at will."""

SIMULTANEOUS, ALONE = "simultaneous", "t"
"""An interval that holds with those of all other conditions, or the t interval of this one alone."""

REACH = {
    SEEDS: "for new seeds, on this training set and this test set",
    SEEDS_AND_IMAGES: "for new seeds and new test images, on this training set",
    SEQUENCE: "for new seeds, on this training set and this test set, however often one looks",
}

KEYS = ("scope", "verdict", "reason", "interval", "low", "high", "low_90", "high_90", "p")


def headline(values: Mapping[str, Any], pairs: Pairs, asked: Question, size: int) -> dict[str, Any]:
    """Return the keys of `KEYS`.

    Parameters
    ----------
    values : mapping
        The comparison's keys; ``verdict`` is None for a condition outside the family.
    pairs : Pairs
        Its complete pairs.
    asked : Question
    size : int
        Conditions in the family.

    Notes
    -----
    Seeds that were added until something was decided are told by the confidence sequence, at alpha over the number of
    all conditions in the family; its interval stands for that at 2 alpha too. Else the decision over seeds and images
    leads where it can be made, and that over seeds stands in for it. p is adjusted over the family: 1/e of the sequence
    times that number, the crossed p times the number of conditions that can be tested, both at most 1, or max-t's. It
    is null where the verdict is that nothing can be tested.
    """
    if values["verdict"] is None or pairs.n < FEW or values["ci_low_simultaneous"] is None:
        return _alone(values)
    if asked.sequential:
        return _by_sequence(values, pairs, asked, size)
    if values["verdict_crossed"] is not None and values["ci_low_crossed_simultaneous"] is not None:
        ends = [values[f"ci_{end}_crossed_simultaneous{suffix}"] for suffix in ("", "_90") for end in ("low", "high")]
        return _made(SEEDS_AND_IMAGES, values["verdict_crossed"], values, ends, values["p_crossed_adjusted"])
    ends = [values[f"ci_{end}_simultaneous{suffix}"] for suffix in ("", "_90") for end in ("low", "high")]
    return _made(SEEDS, values["verdict"], values, ends, max_t({**values, "alpha": asked.alpha, "n_pairs": pairs.n}))


def scopes(whole: Mapping[str, Any]) -> list[str]:
    """Return the scopes of a comparison object's headlines, those that claim nothing left out; mostly there is one."""
    told = {each["headline"]["scope"] for each in whole["comparisons"] if each["headline"]["interval"] == SIMULTANEOUS}
    return [scope for scope in REACH if scope in told]


def _alone(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands where nothing is claimed: the t interval, if there is one."""
    low, high = values["ci_low"], values["ci_high"]
    found = (SEEDS, values["verdict"], values.get("verdict_reason"), None if low is None else ALONE, low, high)
    return dict(zip(KEYS, (*found, None, None, None), strict=True))


def _by_sequence(values: Mapping[str, Any], pairs: Pairs, asked: Question, size: int) -> dict[str, Any]:
    last = sequence(pairs, asked.alpha / size)[-1]
    p = probability(size * math.exp(min(0.0, -last.log_e_value)))
    if last.half_width is None:
        why = f"after {pairs.n} pairs the confidence sequence is still unbounded"
        return _made(SEQUENCE, verdict.CANNOT_TEST, values, [None] * 4, p) | {"reason": why}
    ends = [last.mean - last.half_width, last.mean + last.half_width]
    word = verdict.decide(verdict.Interval(*ends, *ends), asked.margin, asked.lower_is_better)
    if values["verdict"] == verdict.INCONCLUSIVE and values["verdict_reason"]:
        return _made(SEQUENCE, verdict.INCONCLUSIVE, values, [*ends, *ends], p)
    return _made(SEQUENCE, word, values, [*ends, *ends], p) | {"reason": None}  # what else is given is of the t test


def _made(
    scope: str, word: str, values: Mapping[str, Any], ends: Sequence[float | None], p: float | None
) -> dict[str, Any]:
    kind = None if ends[0] is None else SIMULTANEOUS
    told = None if word == verdict.CANNOT_TEST else p
    return dict(zip(KEYS, (scope, word, values["verdict_reason"], kind, *ends, told), strict=True))
