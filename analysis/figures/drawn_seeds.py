"""The seeds that a figure shows one by one: all of a study's, or of very many as many as can be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

MOST = 250
"""Marks of single seeds in one row or at one rate: more hide each other, and make a page of hundreds of megabytes."""

T = TypeVar("T")


def some(marks: Sequence[T]) -> Sequence[T]:
    """Return `MOST` of the marks, evenly spaced in their order, the first and the last among them; or all, if fewer."""
    if len(marks) <= MOST:
        return marks
    return [marks[place * (len(marks) - 1) // (MOST - 1)] for place in range(MOST)]


def thinned(counts: Iterable[int], what: str = "seeds", drawn: str = "are drawn one by one") -> str:
    """Return a sentence for a caption where some of the rows have more marks than are drawn; else nothing."""
    if (most := max(counts, default=0)) <= MOST:
        return ""
    return f" {MOST} of {most:,} {what} {drawn}, evenly spaced in their order; everything else is of all {what}."
