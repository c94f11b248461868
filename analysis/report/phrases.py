"""Wording that only the report needs. What a comparison shows is said by `analysis.words` alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.figures.units import MINUS, unit_of
from analysis.figures.verdicts import short
from analysis.words import quoted


def typeset(sentence: str, metric: str) -> str:
    """Return a sentence of `analysis.words` with true minus signs and the metric's name in words."""
    name = unit_of(metric).name
    named = re.sub(rf"(?<![\w.-]){re.escape(metric)}(?![\w.-])", name, sentence)
    if named.startswith(name):
        named = name[0].upper() + named[1:]
    return re.sub(r"(?<![\w.,)-])-(?=\d)", MINUS, named)


def family(whole: Mapping[str, Any]) -> str:
    """Return how many conditions got which verdict, the most frequent first."""
    judged = [each for each in whole["comparisons"] if not each["stays_at_chance"]]
    counts = Counter(short(each) for each in judged)
    told = [f"{number} {words}" for words, number in counts.most_common()]
    return f"Of {count(len(judged), 'condition')} compared with {quoted(whole['control'])}: {'; '.join(told)}."


def listed(items: Sequence[str]) -> str:
    """Return items as in a sentence: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it takes one: ``3 trials``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def probability(p: float | None) -> str:
    """Return a p-value for a table; a small one as an upper limit, never 0; an en dash where there is none."""
    return "–" if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"


def level(alpha: float) -> str:
    """Return the level of an interval: ``95%``."""
    return f"{100 * (1 - alpha):g}%"
