"""The verdict on each mean difference: given both trained, and checked against intention to train."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from analysis.base.records import Record
from analysis.methods import verdict
from analysis.methods.estimands import Inference
from analysis.methods.mean_family import MeanFamily
from analysis.methods.over_splits import mean_that_decides
from analysis.methods.verdict import Interval
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.question import Question

DEPENDENT = "splits of one data set share training data, and no test that takes them as independent decides anything"
"""Why splits have no verdict where the share that each holds out is not given."""


@dataclass(frozen=True, kw_only=True)
class Decision(Record):
    """The verdict on the mean difference; None for a negative control.

    Parameters
    ----------
    verdict : str or None
        One of `analysis.methods.verdict.VERDICTS`, over new seeds; over splits that of the corrected test.
    verdict_reason : str or None
        Why nothing can be tested, or why two ways of counting diverged trials leave the verdict open.
    verdict_intention : str or None
        Verdict by intention to train; None where nothing diverged, or the metric has none.
    verdict_crossed : str or None
        Verdict over new seeds and new test images; None where the images of the trials are not known.
    """

    verdict: str | None = None
    verdict_reason: str | None = None
    verdict_intention: str | None = None
    verdict_crossed: str | None = None


def decisions(
    against: Mapping[str, Arms], means: Mapping[str, MeanFamily], with_images: Collection[str], asked: Question
) -> dict[str, Decision]:
    """Return the decision on each condition of the family.

    Parameters
    ----------
    against : mapping of condition to Arms
        The family: negative controls left out.
    means : mapping of condition to MeanFamily
        Intervals on complete pairs.
    with_images : collection of str
        The conditions whose test images are known.
    asked : Question

    Notes
    -----
    Where trials diverged and intention to train points to another verdict than the complete pairs, both verdicts are
    inconclusive. verdict_intention is null where nothing diverged or the metric has no intention to train.
    """
    return {
        label: _decision(arms, means[label], label in with_images, asked, asked.family or len(against))
        for label, arms in against.items()
    }


def _decision(arms: Arms, mean: MeanFamily, images: bool, asked: Question, size: int) -> Decision:
    pairs = arms.complete
    why = verdict.cannot_test(pairs.n, pairs.varies, pairs.unit)
    if why is not None or mean.over_seeds is None:
        crossed = verdict.CANNOT_TEST if images else None
        return Decision(verdict=verdict.CANNOT_TEST, verdict_reason=why, verdict_crossed=crossed)
    estimate = mean_that_decides(pairs, asked)
    interval = None if estimate is None else Inference(estimate, size).over_seeds(asked.alpha)
    if interval is None:
        return Decision(verdict=verdict.CANNOT_TEST, verdict_reason=DEPENDENT)
    word = _word(interval, asked)
    crossed = None if mean.over_images is None else _word(mean.over_images, asked)
    intention = _by_intention(arms, asked, size)
    if intention in (None, word):
        return Decision(verdict=word, verdict_intention=intention, verdict_crossed=crossed)
    reason = (
        f"{pairs.unit.trained} the verdict is {_spoken(word)}; with diverged trials scored at what they reached it is "
        f"{_spoken(intention)}"
    )
    return Decision(
        verdict=verdict.INCONCLUSIVE,
        verdict_reason=reason,
        verdict_intention=intention,
        verdict_crossed=None if crossed is None else verdict.INCONCLUSIVE,
    )


def _word(interval: Interval, asked: Question) -> str:
    return verdict.decide(interval, asked.margin, asked.direction)


def _spoken(word: str | None) -> str:
    return f"'{(word or '').replace('_', ' ')}'"


def _by_intention(arms: Arms, asked: Question, size: int) -> str | None:
    """Return the verdict over seeds by intention to train; None where no trial diverged, or it has no intention."""
    if not arms.diverged or arms.intention is None or not arms.intention.varies:
        return None
    estimate = mean_that_decides(arms.intention, asked)
    interval = None if estimate is None else Inference(estimate, size).over_seeds(asked.alpha)
    return None if interval is None else _word(interval, asked)
