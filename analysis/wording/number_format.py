"""How numbers become text, alike in sentences, tables and figures: a rounded number never contradicts a verdict."""

from __future__ import annotations

import math
from collections.abc import Iterable

NOTHING = "–"
"""Stands where there is no number."""

_MOST_DIGITS, _MOST_DECIMALS = 12, 8
_NOISE = 1e-12


def digits(values: Iterable[float], margin: float | None, least: int, code: str = "f") -> int:
    """Return how many digits `values` need so that each, as printed, is on its true side of 0 and of the margin.

    Parameters
    ----------
    values : iterable of float
        Numbers as they are told: percentage points where fractions are told so.
    margin : float or None
        In the same unit.
    least : int
        Digits that are told in any case.
    code : str
        Format code: ``f`` counts decimals, ``g`` significant digits.
    """
    known = list(values)
    marks = [0.0] if margin is None else [0.0, exact(margin), -exact(margin)]
    for count in range(least, _MOST_DIGITS):
        if all(
            _side(float(f"{value:.{count}{code}}"), mark) == _side(value, mark) for value in known for mark in marks
        ):
            return count
    return _MOST_DIGITS


def decimals(values: Iterable[float], significant: int) -> int:
    """Return the decimals that give the largest of `values` so many significant digits: the others line up with it.

    Fewer where all would end in a zero.
    """
    known = [each for each in values if math.isfinite(each)]
    largest = max(map(abs, known), default=0.0)
    count = max(0, significant - 1 - math.floor(math.log10(largest))) if largest else 0
    while count and all(f"{each:.{count}f}".endswith("0") for each in known):
        count -= 1
    return count


def lined_up(values: Iterable[float], significant: int) -> tuple[int, str]:
    """Return digits and format code by which `values` line up; very small ones have an exponent, and do not."""
    places = decimals(map(exact, values), significant)
    return (places, "f") if places <= _MOST_DECIMALS else (significant, "g")


def _side(value: float, mark: float) -> int:
    apart = value - mark
    return 0 if abs(apart) <= _NOISE else 1 if apart > 0 else -1


def exact(number: float) -> float:
    """Return a number without the noise that a change of unit leaves: 100 * 0.0013 is 0.13."""
    return float(f"{number:.12g}")


def margin_text(margin: float) -> str:
    """Return a margin exactly: it is a number that somebody set."""
    return f"{exact(margin):.12g}"


def level(alpha: float) -> str:
    """Return the level of an interval: ``95%``."""
    return f"{exact(100 * (1 - alpha)):g}%"


def inner_level(alpha: float) -> str | None:
    """Return the level of the interval that shows equivalence: ``90%``; None where alpha leaves none."""
    return level(2 * alpha) if 2 * alpha < 1 else None


def probability(p: float | None) -> str:
    """Return a p-value for a table; a small one as an upper limit, never 0; an en dash where there is none."""
    if p is None:
        return NOTHING
    return "< 0.001" if p < 0.001 else f"{p:.4f}" if p < 0.01 else f"{p:.3f}"


def p_value(p: float) -> str:
    """Return a p-value for a sentence: ``p = 0.033``, ``p < 0.001``."""
    told = probability(p)
    return f"p {told}" if told.startswith("<") else f"p = {told}"
