"""Wording that only the report needs. What a comparison shows is said by `analysis.wording.sentences` alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.wording.sentences import quoted
from analysis.wording.units import MINUS, unit_of
from analysis.wording.verdicts import short

_QUOTED = re.compile(r"""(“[^”]*”|(?<!\w)'[^']*'(?!\w)|(?<!\w)"[^"]*"(?!\w))""")


def typeset(sentence: str, metric: str) -> str:
    """Return a sentence with true minus signs and the metric's name in words; what stands in quotation marks stays."""
    name = unit_of(metric).name
    plain = rf"(?<![\w.-]){re.escape(metric)}(?![\w.-])"
    parts = _QUOTED.split(sentence)
    parts[::2] = [re.sub(r"(?<![\w.,)-])-(?=\d)", MINUS, re.sub(plain, name, each)) for each in parts[::2]]
    if parts[0].startswith(name):
        parts[0] = name[0].upper() + parts[0][1:]
    return "".join(parts)


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
