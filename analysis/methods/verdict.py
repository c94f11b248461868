"""One decision per comparison: words from simultaneous intervals and the preset margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from analysis.tables.pairing import PAIRS, Unit
from bench.schema.known_metrics import Direction

SUPERIOR, INFERIOR = "superior", "inferior"
POSITIVE_BUT_NEGLIGIBLE, NEGATIVE_BUT_NEGLIGIBLE = "positive_but_negligible", "negative_but_negligible"
POSITIVE_UNCLEAR, NEGATIVE_UNCLEAR = "positive_magnitude_unclear", "negative_magnitude_unclear"
EQUIVALENT, INCONCLUSIVE, CANNOT_TEST = "equivalent", "inconclusive", "cannot_test"

FEW = 3
"""Fewest differences whose mean has a verdict."""

ROUGH = 5
"""Below this many seeds a spread is hardly more than a guess and no exact test can reject: neither is shown."""

VERDICTS = (
    SUPERIOR, POSITIVE_BUT_NEGLIGIBLE, POSITIVE_UNCLEAR, EQUIVALENT, INCONCLUSIVE,
    NEGATIVE_UNCLEAR, NEGATIVE_BUT_NEGLIGIBLE, INFERIOR, CANNOT_TEST,
)  # fmt: skip


BY_SIGN = HIGHER, LOWER = "higher", "lower"
"""Verdicts where it is not known which values are better."""

_BY_SIGN = {
    SUPERIOR: HIGHER, POSITIVE_BUT_NEGLIGIBLE: HIGHER, POSITIVE_UNCLEAR: HIGHER,
    INFERIOR: LOWER, NEGATIVE_BUT_NEGLIGIBLE: LOWER, NEGATIVE_UNCLEAR: LOWER,
    EQUIVALENT: EQUIVALENT, INCONCLUSIVE: INCONCLUSIVE,
}  # fmt: skip


BENEFITS = (SUPERIOR, POSITIVE_BUT_NEGLIGIBLE, POSITIVE_UNCLEAR)
"""Verdicts by which the condition is better than the control."""


_ROUNDING = 1e-9
"""Relative difference between a bound and the margin that differences of decimal numbers make."""


@final
@dataclass(frozen=True)
class Interval:
    """An interval of a difference at 1 - alpha, and the one at 1 - 2 alpha inside it (None where it is not)."""

    low: float
    high: float
    low_90: float | None
    high_90: float | None

    def mirrored(self) -> Interval:
        """Return the interval of the negated difference."""
        inner = (None, None) if self.low_90 is None or self.high_90 is None else (-self.high_90, -self.low_90)
        return Interval(-self.high, -self.low, *inner)


def decide(interval: Interval, margin: float | None, direction: Direction | None) -> str:
    """Return the verdict in the sense of benefit; in that of the sign where the direction of benefit is not known.

    Without a margin the sign alone decides. A bound at 0 or at the margin counts as covering it.
    """
    word = _of_benefit(interval.mirrored() if direction == "lower" else interval, margin)
    return word if direction else _BY_SIGN[word]


def around(margin: float) -> tuple[float, float]:
    """Return the margin a little smaller and a little larger: a bound that rounding alone takes off it is at it."""
    return margin * (1 - _ROUNDING), margin * (1 + _ROUNDING)


def _of_benefit(benefit: Interval, margin: float | None) -> str:
    if margin is None:
        return SUPERIOR if benefit.low > 0 else INFERIOR if benefit.high < 0 else INCONCLUSIVE
    within, beyond = around(margin)
    inside = (
        benefit.low_90 is not None and benefit.high_90 is not None and -within < benefit.low_90
    ) and benefit.high_90 < within
    if benefit.low > beyond:
        return SUPERIOR
    if benefit.high < -beyond:
        return INFERIOR
    if benefit.low > 0:
        return POSITIVE_BUT_NEGLIGIBLE if inside else POSITIVE_UNCLEAR
    if benefit.high < 0:
        return NEGATIVE_BUT_NEGLIGIBLE if inside else NEGATIVE_UNCLEAR
    return EQUIVALENT if inside else INCONCLUSIVE


def cannot_test(n: int, varies: bool, unit: Unit = PAIRS) -> str | None:
    """Return why the mean of `n` differences of a `unit` has no verdict, None where it has one."""
    if n < FEW:
        return f"{unit.counted(n)}: at least {FEW} are needed"
    if not varies:
        return "the differences do not vary"
    return None
