"""What a factorial shows: effects with their tests and contrasts, and the means of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.answer.directed import Directed
from analysis.answer.effect import Contrast
from analysis.base.records import Record
from analysis.factorial.factors import Level
from analysis.factorial.slopes import Slope
from analysis.methods.sign_flip import RandomFlips
from analysis.tables.table import Dropped

DIFFERENCE = "difference"
"""Kind of an effect that has a contrast with a sign."""
ENDS, REFERENCE = "ends", "reference"
"""Contrasts: between the lowest and the highest level of each factor; of a named level and the first one."""


@dataclass(frozen=True, kw_only=True)
class CrossedFactor(Record):
    """A factor of the crossing.

    Parameters
    ----------
    name : str
    columns : tuple of str
        Columns of the table that vary as one.
    levels : tuple of float, or of str
    numeric : bool
        Whether the levels are numbers.
    """

    name: str
    columns: tuple[str, ...]
    levels: tuple[Level, ...]
    numeric: bool


@dataclass(frozen=True, kw_only=True)
class Outside(Record):
    """A condition that is no part of the crossing, and why."""

    condition: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class HeldAt(Record):
    """The factor that a simple effect holds, and its level."""

    factor: str
    level: Level


@dataclass(frozen=True, kw_only=True)
class EffectTest(Record):
    """F of an effect in all its dimensions, of repeated measures; None where nothing varies.

    Parameters
    ----------
    f, p : float or None
    df1, df2 : int or None
        Degrees of freedom.
    epsilon, p_gg : float or None
        Greenhouse and Geisser's epsilon, and p at degrees of freedom shrunk by it.
    p_holm : float or None
        The latter, adjusted over the family of effects.
    n : int
        Seeds.
    alpha : float
    """

    f: float | None = None
    df1: int | None = None
    df2: int | None = None
    p: float | None = None
    epsilon: float | None = None
    p_gg: float | None = None
    p_holm: float | None = None
    n: int
    alpha: float


@dataclass(frozen=True, kw_only=True)
class FactorialEffect(Slope):
    """A main effect, an interaction, or a simple effect.

    Parameters
    ----------
    effect : str
        Its name.
    factors : tuple of str
    at : HeldAt or None
        Where a simple effect is held; None for every other, and then no key of the JSON.
    kind : str or None
        `DIFFERENCE`; None where the effect has no contrast.
    df : int
        Dimensions of the effect.
    omnibus : EffectTest
    contrast : Contrast or None
        Between the end levels; None where a factor has more than two levels that are no numbers.
    against_reference : tuple of Contrast
        Of one such factor: each level against the first one.

    The keys of `Slope` are filled where the effect is of one factor with three numeric levels or more.
    """

    effect: str
    factors: tuple[str, ...]
    at: HeldAt | None = None
    kind: str | None
    df: int
    omnibus: EffectTest
    contrast: Contrast | None
    against_reference: tuple[Contrast, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the keys, ``at`` only of a simple effect."""
        found = super().to_json()
        if self.at is None:
            del found["at"]
        return found


@dataclass(frozen=True, kw_only=True)
class WithinSeeds(Record):
    """Mean over seeds with its interval within seeds: the seeds' own levels are taken out of the spread.

    Parameters
    ----------
    mean, low, high : float or None
        None without a seed, the interval below two.
    """

    mean: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Cell(Record):
    """One cell of the crossing.

    Parameters
    ----------
    condition : str
    levels : tuple of float or str
        One per factor.
    n : int
        Seeds.
    sd : float or None
        Standard deviation over seeds; None below two.
    mean, low, high : float or None
        As in `WithinSeeds`.
    """

    condition: str
    levels: tuple[Level, ...]
    n: int
    sd: float | None
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class ProfilePoint(Record):
    """The mean at one level of each of two factors, with its interval within seeds."""

    across: Level
    line: Level
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Profile(Record):
    """Means over two factors, averaged over the levels of all others.

    Parameters
    ----------
    across, lines : str
        The factor along the axis, and that of the lines.
    points : tuple of ProfilePoint
    """

    across: str
    lines: str
    points: tuple[ProfilePoint, ...]


@dataclass(frozen=True, kw_only=True)
class Factorial(Directed):
    """The factorial of a table on one metric.

    Parameters
    ----------
    metric : str
    alpha : float
        Error rate of each interval, and of each family of effects.
    margin : float or None
        Smallest effect that matters, in the metric's own unit.
    role : str or None
        ``primary`` or ``secondary`` by the plan; None where there is no plan.
    n : int
        Complete blocks: seeds at which every cell trained.
    seeds : tuple of int
        These, ascending.
    n_lost_to_divergence : int
        Seeds at which every cell ended and some diverged.
    factors : tuple of CrossedFactor
    random_flips : RandomFlips
    dropped : tuple of Dropped
    outside : tuple of Outside
    warnings : tuple of str
    effects, simple_effects : tuple of FactorialEffect
        The two families.
    cells : tuple of Cell
    profiles : tuple of Profile
        One for every two factors.
    best_set : tuple of str or None
        The cell with the best mean, and those not shown to be worse; None below two blocks.
    example : str
        What one example of the data is called; no key of the JSON.
    """

    metric: str
    alpha: float
    margin: float | None
    role: str | None
    n: int
    seeds: tuple[int, ...] | tuple[str, ...]
    n_lost_to_divergence: int
    factors: tuple[CrossedFactor, ...]
    random_flips: RandomFlips
    dropped: tuple[Dropped, ...]
    outside: tuple[Outside, ...]
    warnings: tuple[str, ...]
    effects: tuple[FactorialEffect, ...]
    simple_effects: tuple[FactorialEffect, ...]
    cells: tuple[Cell, ...]
    profiles: tuple[Profile, ...]
    best_set: tuple[str, ...] | None
    example: str = "image"

    def to_json(self) -> dict[str, Any]:
        """Return the keys."""
        return {name: value for name, value in super().to_json().items() if name != "example"}


def contrasts(told: Sequence[FactorialEffect]) -> list[Contrast]:
    """Return every contrast of effects, in their order."""
    return [one for each in told for one in (each.contrast, *each.against_reference) if one is not None]
