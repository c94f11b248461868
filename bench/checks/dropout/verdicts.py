"""What a law says of a layer: a verdict, the figures it rests on, and one sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PASSED, BROKEN, NOT_APPLICABLE = "passed", "broken", "not applicable"


@dataclass(frozen=True)
class Figure:
    """One measured value beside the expected one, and the limits within which a right layer's lies."""

    measured: float
    expected: float
    low: float
    high: float
    n: int
    """Numbers that the measured value rests on."""
    rate: float | None = None
    where: str = ""
    """The place that it was measured at, the worst where there are several: 'unit 3', 'lag 1'."""
    cause: str = ""
    """What the layer does wrong, in words, where that can be seen from the numbers."""

    @property
    def holds(self) -> bool:
        """Tell whether the measured value is within its limits; what is not a number is not."""
        return self.low <= self.measured <= self.high

    @property
    def strain(self) -> float:
        """How far out it is: 1 at a limit, infinite where only the expected value is allowed and another came."""
        if not math.isfinite(self.measured):
            return math.inf
        far = self.measured - self.expected
        room = self.high - self.expected if far > 0 else self.expected - self.low
        return 0.0 if far == 0 else abs(far) / room if room > 0 else math.inf


@dataclass(frozen=True)
class Verdict:
    """A law's verdict on a layer."""

    law: str
    outcome: str
    sentence: str
    figures: tuple[Figure, ...] = ()
    """One for each rate, or for each thing looked at."""

    @property
    def worst(self) -> Figure | None:
        """The figure that strains its limits most."""
        return max(self.figures, key=lambda figure: (not figure.holds, figure.strain), default=None)


Found = Figure | str
"""What was found at one rate: a figure, or why there is none."""


def judged(law: str, found: Sequence[Found], right: str, wrong: Callable[[Figure], str]) -> Verdict:
    """Return the verdict over several findings: broken where a figure is outside its limits.

    Parameters
    ----------
    right
        The sentence where all hold.
    wrong
        The sentence where the worst figure, given to it, does not hold: what is wrong and what to do.
    """
    figures = tuple(each for each in found if isinstance(each, Figure))
    if not figures:
        return Verdict(law, NOT_APPLICABLE, "; ".join(dict.fromkeys(each for each in found if isinstance(each, str))))
    verdict = Verdict(law, PASSED, right, figures)
    worst = verdict.worst
    if worst is None or worst.holds:
        return verdict
    return Verdict(law, BROKEN, wrong(worst), figures)


def none_of(n: int, breaches: int, rate: float | None = None, where: str = "", cause: str = "") -> Figure:
    """Return the figure of a law that allows no breach among `n` numbers."""
    return Figure(float(breaches), 0.0, 0.0, 0.0, n, rate, where, cause)
