"""Wording that only the report needs. What a comparison shows is said by `analysis.wording.sentences` alone."""

from __future__ import annotations

from collections.abc import Sequence


def listed(items: Sequence[str]) -> str:
    """Return items as in a sentence: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it takes one: ``3 trials``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
