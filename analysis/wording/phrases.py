"""Phrases that sentences share: counts, lists, settings, seeds, labels."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.headline import OF_ONE_RUN, reach
from analysis.wording.number_format import NOTHING


def listed(items: Sequence[str]) -> str:
    """Return items as in a sentence: ``a, b and c``."""
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def quoted(label: str) -> str:
    """Return a condition's label in quotation marks: a label like none is not taken for a word."""
    return f"“{label}”"


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it takes one: ``3 trials``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def every(number: int, noun: str) -> str:
    """Return all of a number of things: ``the condition``, ``both conditions``, ``all 7 conditions``."""
    return f"the {noun}" if number == 1 else f"{'both' if number == 2 else f'all {number:,}'} {noun}s"


OVER_SPLITS = "Conditions are paired over splits of one data set, which share training data."
"""What a comparison over splits rests on, where nothing is decided."""


def holding(scopes: Sequence[str], example: str, family: str) -> str:
    """Return for what the intervals of these scopes hold, for all of a `family` at once: of one run no verdict does."""
    what = "Intervals and verdicts" if set(scopes).isdisjoint(OF_ONE_RUN) else "Intervals"
    return f"{what} hold for all {family} at once, {reach(scopes, example)}."


MOST_SETTINGS = 3
"""Settings of which each is named, whatever its value; of more, those that are not 0."""


def settings(varied: Sequence[tuple[str, str]], *, every: bool | None = None) -> list[str]:
    """Return settings with their values: ``dropout 0.2 / 0.5``; where there are many, those that are set."""
    whole = len(varied) <= MOST_SETTINGS if every is None else every
    return [f"{spoken(name)} {value}" for name, value in varied if whole or value not in ("0", NOTHING)]


def spoken(name: str) -> str:
    """Return the name of a setting or metric as it is read aloud."""
    return name.replace("_", " ")


MOST_RANGES = 8
"""Ranges of seeds that are written out."""


def ranges(seeds: Sequence[int | str], most: int | None = MOST_RANGES) -> str:
    """Return seeds as ranges: ``0-4, 7``; names as they are. After the `most` of these, how many seeds are left."""
    names = [each for each in seeds if isinstance(each, str)]
    if names:
        rest = 0 if most is None else len(names[most:])
        return ", ".join(names[:most]) + (f" and {rest} more" if rest else "")
    found: list[list[int]] = []
    for each in sorted(each for each in seeds if not isinstance(each, str)):
        if found and each == found[-1][1] + 1:
            found[-1][1] = each
        else:
            found.append([each, each])
    said = ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in found[:most])
    rest = sum(high - low + 1 for low, high in ([] if most is None else found[most:]))
    return f"{said} and {rest} more" if rest else said
