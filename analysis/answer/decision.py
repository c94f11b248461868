"""The verdict of each comparison: given both trained, and checked against intention to train."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analysis.base.records import Record
from analysis.methods import simultaneous, verdict
from analysis.methods.simultaneous import Simultaneous
from analysis.methods.two_way_interval import OverImages
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.question import Question


@dataclass(frozen=True, kw_only=True)
class Decision(Record):
    """The verdict over seeds; None for a negative control.

    Parameters
    ----------
    verdict : str or None
        One of `analysis.methods.verdict.VERDICTS`.
    verdict_reason : str or None
        Why nothing can be tested, or why two ways of counting diverged trials leave the verdict open.
    verdict_intention : str or None
        Verdict by intention to train; None where nothing diverged, or the metric has none.
    """

    verdict: str | None = None
    verdict_reason: str | None = None
    verdict_intention: str | None = None


def decisions(
    against: Mapping[str, Arms], intervals: Mapping[str, Simultaneous], asked: Question
) -> dict[str, Decision]:
    """Return the decision on each condition of the family.

    Parameters
    ----------
    against : mapping of condition to Arms
        The family: negative controls left out.
    intervals : mapping of condition to Simultaneous
        On complete pairs.
    asked : Question

    Notes
    -----
    Where trials diverged and intention to train points to another verdict than the complete pairs, the verdict is
    inconclusive. verdict_intention is null where nothing diverged or the metric has no intention to train.
    """
    by_intention = _intention_verdicts(against, asked)
    found = {}
    for label, arms in against.items():
        pairs = arms.complete
        why = verdict.cannot_test(pairs.n, pairs.varies, asked.alpha, pairs.unit)
        interval = intervals[label].simultaneous
        intention = by_intention.get(label)
        if why is not None or interval is None:
            word, reason = verdict.CANNOT_TEST, why
        else:
            word, reason = verdict.decide(interval, asked.margin, asked.direction), None
            if intention is not None and intention != word:
                reason = (
                    f"{pairs.unit.trained} the verdict is {_spoken(word)}; with diverged trials scored at what they "
                    f"reached it is {_spoken(intention)}"
                )
                word = verdict.INCONCLUSIVE
        found[label] = Decision(verdict=word, verdict_reason=reason, verdict_intention=intention)
    return found


def agreed(images: OverImages, decision: Decision) -> OverImages:
    """Return what a comparison shows over images, undecided where two ways of counting diverged trials disagree."""
    disagree = decision.verdict == verdict.INCONCLUSIVE and decision.verdict_reason is not None
    if not disagree or images.verdict_crossed in (None, verdict.CANNOT_TEST):
        return images
    return replace(images, verdict_crossed=verdict.INCONCLUSIVE)


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
        interval = found[label].result.simultaneous
        if interval is not None:
            words[label] = verdict.decide(interval, asked.margin, asked.direction)
    return words
