"""Wording that only the report needs. What a comparison shows is said by `analysis.wording.sentences` alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analysis.answer.comparison import Comparison
from analysis.wording.sentences import quoted
from analysis.wording.verdicts import short


def family(whole: Comparison) -> str:
    """Return how many conditions got which verdict, the most frequent first."""
    judged = whole.judged
    counts = Counter(short(each) for each in judged)
    told = [f"{number} {words}" for words, number in counts.most_common()]
    return f"{count(len(judged), 'condition')} compared with {quoted(whole.control)}: {'; '.join(told)}."


def listed(items: Sequence[str]) -> str:
    """Return items as in a sentence: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it takes one: ``3 trials``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
