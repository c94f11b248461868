"""The verdict of each comparison: given both trained, and checked against intention to train."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.methods import simultaneous, verdict
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.question import Question

KEYS = ("verdict", "verdict_reason", "verdict_intention")


def decisions(
    against: Mapping[str, Arms], values: Mapping[str, Mapping[str, Any]], asked: Question
) -> dict[str, dict[str, Any]]:
    """Return verdict, verdict_reason and verdict_intention of each condition of the family; verdict_crossed anew.

    Parameters
    ----------
    against : mapping of condition to Arms
        The family: conditions meant to stay at chance left out.
    values : mapping of condition to its keys
        With the simultaneous intervals on complete pairs.
    asked : Question

    Notes
    -----
    Where trials diverged and intention to train points to another verdict than the complete pairs, the verdict is
    inconclusive, over seeds and over images too. verdict_intention is null where nothing diverged or the metric has no
    intention to train.
    """
    by_intention = _intention_verdicts(against, asked)
    found = {}
    for label, arms in against.items():
        pairs = arms.complete
        why = verdict.cannot_test(pairs.n, pairs.varies, asked.alpha)
        interval = verdict.interval_of(values[label])
        intention = by_intention.get(label)
        if why is not None or interval is None:
            found[label] = dict(zip(KEYS, (verdict.CANNOT_TEST, why, intention), strict=True))
            continue
        word, reason = verdict.decide(interval, asked.margin, asked.lower_is_better), None
        if intention is not None and intention != word:
            reason = (
                f"given both trained the verdict is {_spoken(word)}; with diverged trials scored at what they reached "
                f"it is {_spoken(intention)}"
            )
            word = verdict.INCONCLUSIVE
            found[label] = {"verdict_crossed": _undecided(values[label]["verdict_crossed"])}
        found[label] = found.get(label, {}) | dict(zip(KEYS, (word, reason, intention), strict=True))
    return found


def _undecided(word: str | None) -> str | None:
    """Return what is left of a verdict over images where two ways of counting diverged trials disagree."""
    return word if word in (None, verdict.CANNOT_TEST) else verdict.INCONCLUSIVE


def _spoken(word: str) -> str:
    return f"'{word.replace('_', ' ')}'"


def _intention_verdicts(against: Mapping[str, Arms], asked: Question) -> dict[str, str]:
    """Return the verdict by intention to train of each condition where trials of a pair diverged.

    The family is that of the complete pairs: a condition that has no intention to train stands in it with those.
    """
    affected = [label for label, arms in against.items() if arms.diverged and arms.intention is not None]
    if not affected:
        return {}
    family = [arms.complete if arms.intention is None else arms.intention for arms in against.values()]
    found = simultaneous.intervals(family, asked.alpha)
    words = {}
    for label in affected:
        interval = verdict.interval_of(found[label].values)
        if interval is not None:
            words[label] = verdict.decide(interval, asked.margin, asked.lower_is_better)
    return words
