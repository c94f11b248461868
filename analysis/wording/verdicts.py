"""A verdict in a word or three, and its tone, for figures and tables. Sentences are in `wording.sentences`."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.effect import Judged
from analysis.answer.headline import OF_ONE_RUN, SPLITS
from analysis.methods import verdict
from analysis.wording.number_format import inner_level, level
from analysis.wording.units import unit_of
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

ONE_RUN = "one run"
"""One run of each condition, judged over test images alone: there is no verdict."""


def pairs_of(judged: Judged) -> int:
    """Return how many pairs the headline rests on."""
    return judged.n_typical if judged.headline.estimand == TYPICAL else judged.n_pairs


def block_of(judged: Judged) -> str:
    """Return what pairs are taken by: a seed, or a split of one data set."""
    return "split" if judged.headline.scope == SPLITS else "seed"


def short(judged: Judged) -> str:
    """Return the words for the verdict of an effect or a contrast."""
    if judged.stays_at_chance:
        return NOT_TESTED
    if not pairs_of(judged):
        return NO_PAIR
    if judged.headline.scope in OF_ONE_RUN:
        return ONE_RUN
    assert judged.headline.verdict is not None
    return worded(judged.headline.verdict, judged.direction)


def worded(verdict: str, direction: Direction | None) -> str:
    """Return the words for a verdict in the direction of the metric."""
    words, benefit = SHORT[verdict]
    return words.format(direction=HIGHER if (benefit == GOOD) == (direction == HIGHER) else LOWER)


def meanings(judged: Sequence[Judged]) -> str:
    """Return in sentences what the verdicts at hand mean, each once; nothing where there is none."""
    first = judged[0]
    words = [each.headline.verdict for each in judged if pairs_of(each)]
    outer, inner, unit = level(first.alpha), inner_level(first.alpha), unit_of(first.metric)
    margin = None if first.direction is None or first.margin is None else first.margin
    matters = "" if margin is None else f"±{unit.margin_with_unit(margin)}"
    signed = [word for word in (HIGHER, LOWER) if word in map(short, judged)]
    beyond = f"is beyond {matters}" if matters else "excludes zero"
    said = [f"{' or '.join(signed).capitalize()}: the {outer} interval {beyond}."] if signed else []
    told = {
        (verdict.POSITIVE_UNCLEAR, verdict.NEGATIVE_UNCLEAR): f"Size open: the {outer} interval excludes zero; whether "
        f"the difference is beyond {matters} is not known.",
        (verdict.POSITIVE_BUT_NEGLIGIBLE, verdict.NEGATIVE_BUT_NEGLIGIBLE): f"Negligibly: the {outer} interval "
        f"excludes zero, and the {inner} interval is within {matters}.",
        (verdict.EQUIVALENT,): f"Equivalent: the {inner} interval is within {matters}.",
        (verdict.INCONCLUSIVE,): f"Undecided: the {outer} interval covers zero"
        f"{f' and differences beyond {matters}' if matters else ''}; this is not evidence of equivalence.",
    }
    return " ".join([*said, *(text for kinds, text in told.items() if set(kinds) & set(words))])


def better(direction: Direction | None) -> str:
    """Return which values are better: ``lower is better``."""
    return "which values are better is not known" if direction is None else f"{direction} is better"


def tone(judged: Judged) -> str:
    """Return `GOOD`, `BAD`, `SAME` or `OPEN`."""
    if judged.stays_at_chance or judged.headline.scope in OF_ONE_RUN:
        return OPEN
    assert judged.headline.verdict is not None
    return tone_of(judged.headline.verdict)


def tone_of(verdict: str) -> str:
    """Return the tone of a verdict."""
    return SHORT[verdict][1]
