"""A verdict in a word or three, and its tone, for figures and tables. Sentences are in `wording.sentences`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.answer.reportable import FEW
from analysis.methods import verdict

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
}
"""Words in the direction of the metric, and tone in the direction of benefit: a lower gap is lower, and good."""

NO_PAIR = "no pair trained"

TOO_FEW = "too few seeds"
"""Below `FEW` pairs nothing is said about significance."""

NOT_TESTED = "not tested"
"""A condition that is meant to stay at chance."""


def short(comparison: Mapping[str, Any]) -> str:
    """Return the words for the verdict of one of ``comparisons``."""
    if comparison["stays_at_chance"]:
        return NOT_TESTED
    if comparison["n_pairs"] < FEW:
        return TOO_FEW if comparison["n_pairs"] else NO_PAIR
    words, benefit = SHORT[comparison["headline"]["verdict"]]
    return words.format(direction="higher" if (benefit == GOOD) != comparison["lower_is_better"] else "lower")


def tone(comparison: Mapping[str, Any]) -> str:
    """Return `GOOD`, `BAD`, `SAME` or `OPEN`."""
    if comparison["stays_at_chance"] or comparison["n_pairs"] < FEW:
        return OPEN
    return SHORT[comparison["headline"]["verdict"]][1]
