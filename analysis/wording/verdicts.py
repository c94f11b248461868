"""A verdict in a word or three, and its tone, for figures and tables. Sentences are in `wording.sentences`."""

from __future__ import annotations

from analysis.answer.effect import Judged
from analysis.methods import verdict
from bench.schema.known_metrics import HIGHER, LOWER, TYPICAL, Direction

GOOD, BAD, SAME, OPEN = "good", "bad", "same", "open"
"""Tones: better, worse, equivalent, and everything that is not decided."""

SHORT = {
    verdict.SUPERIOR: ("{direction}", GOOD),
    verdict.POSITIVE_BUT_NEGLIGIBLE: ("{direction}, negligibly", GOOD),
    verdict.POSITIVE_UNCLEAR: ("{direction}, size open", GOOD),
    verdict.EQUIVALENT: ("equivalent", SAME),
    verdict.INCONCLUSIVE: ("undecided", OPEN),
    verdict.NEGATIVE_UNCLEAR: ("{direction}, size open", BAD),
    verdict.NEGATIVE_BUT_NEGLIGIBLE: ("{direction}, negligibly", BAD),
    verdict.INFERIOR: ("{direction}", BAD),
    verdict.CANNOT_TEST: ("cannot be tested", OPEN),
    verdict.HIGHER: ("higher", OPEN),
    verdict.LOWER: ("lower", OPEN),
}
"""Words in the direction of the metric, and tone in the direction of benefit: a lower gap is lower, and good."""

NO_PAIR = "no pair trained"

NOT_TESTED = "not tested"
"""A negative control."""


def pairs_of(judged: Judged) -> int:
    """Return how many pairs the headline rests on."""
    return judged.n_typical if judged.headline.estimand == TYPICAL else judged.n_pairs


def short(judged: Judged) -> str:
    """Return the words for the verdict of an effect or a contrast."""
    if judged.stays_at_chance:
        return NOT_TESTED
    if not pairs_of(judged):
        return NO_PAIR
    assert judged.headline.verdict is not None
    return worded(judged.headline.verdict, judged.direction)


def worded(verdict: str, direction: Direction | None) -> str:
    """Return the words for a verdict in the direction of the metric."""
    words, benefit = SHORT[verdict]
    return words.format(direction=HIGHER if (benefit == GOOD) == (direction == HIGHER) else LOWER)


def better(direction: Direction | None) -> str:
    """Return which values are better: ``lower is better``."""
    return "which values are better is not known" if direction is None else f"{direction} is better"


def tone(judged: Judged) -> str:
    """Return `GOOD`, `BAD`, `SAME` or `OPEN`."""
    if judged.stays_at_chance:
        return OPEN
    assert judged.headline.verdict is not None
    return tone_of(judged.headline.verdict)


def tone_of(verdict: str) -> str:
    """Return the tone of a verdict."""
    return SHORT[verdict][1]
