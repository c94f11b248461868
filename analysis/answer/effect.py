"""What one condition shows against the control, and one contrast of several conditions: every number, flat.

The registry of statistical methods: a new one is its file, and its record among the bases of `Effect`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from analysis.answer.decision import Decision
from analysis.answer.directed import Directed
from analysis.answer.headline import Headline
from analysis.base.records import Record, merged
from analysis.methods.effect_size import EffectSize
from analysis.methods.influence import Influence
from analysis.methods.mean_family import MeanFamily
from analysis.methods.multiplicity import AdjustedT, MaxT, SignFlip
from analysis.methods.over_items import OverItems
from analysis.methods.over_splits import OverSplits
from analysis.methods.paired_t import Difference, Equivalence, PairingGain, TTest
from analysis.methods.probability_of_superiority import Improvement
from analysis.methods.result import Method, Results
from analysis.methods.sign_agreement import SignAgreement
from analysis.methods.signed_rank import HodgesLehmann, SignedRank
from analysis.methods.simultaneous import Simultaneous
from analysis.methods.summary import DifferenceSummary
from analysis.methods.two_way_interval import OverImages
from analysis.methods.typical import Typical


@dataclass(frozen=True, kw_only=True)
class Compared(Directed):
    """Who is compared with whom, on what.

    Parameters
    ----------
    condition, control, metric : str
    alpha : float
        Error rate of each interval, and of the family of conditions.
    margin : float or None
        Smallest difference that matters, in the metric's own unit.
    stays_at_chance : bool
        Whether the condition is a negative control: then it is in no family and has no verdict.
    n_pairs : int
        Complete pairs: seeds at which both trained.
    seeds_lost : tuple of int, or of str where seeds have names
        Seeds of either arm that are in no complete pair, ascending.
    n_lost_to_divergence : int
        Pairs that are not complete because a trial diverged.
    """

    condition: str
    control: str
    metric: str
    alpha: float
    margin: float | None
    stays_at_chance: bool
    n_pairs: int
    seeds_lost: tuple[int, ...] | tuple[str, ...]
    n_lost_to_divergence: int


@dataclass(frozen=True, kw_only=True)
class Pair(Record):
    """The values of control and condition at one seed, and their difference, in the metric's own unit."""

    seed: int | str
    control: float
    condition: float
    difference: float


@dataclass(frozen=True, kw_only=True)
class Effect(
    Compared,
    Difference,
    TTest,
    Equivalence,
    EffectSize,
    PairingGain,
    SignedRank,
    HodgesLehmann,
    Improvement,
    SignAgreement,
    Influence,
    DifferenceSummary,
    SignFlip,
    OverImages,
    MaxT,
    AdjustedT,
    Simultaneous,
    Typical,
    MeanFamily,
    OverItems,
    OverSplits,
    Decision,
):
    """One condition against the control: the numbers of every method under their own names.

    Parameters
    ----------
    headline : Headline
        The decision that words, tables and figures tell.
    pairs : tuple of Pair
        The complete pairs, by seed.
    """

    headline: Headline
    pairs: tuple[Pair, ...]

    @property
    def differences(self) -> dict[int | str, float]:
        """Condition minus control by seed."""
        return {pair.seed: pair.difference for pair in self.pairs}

    def mean_of(self, arm: str) -> float | None:
        """Return the mean of ``condition`` or ``control`` over the pairs that the difference is made of."""
        values = [pair.condition if arm == "condition" else pair.control for pair in self.pairs]
        return sum(values) / len(values) if values else None


@dataclass(frozen=True, kw_only=True)
class Contrasted(Directed):
    """Which contrast of several conditions is judged, on what.

    Parameters
    ----------
    condition : str
        Name of the effect.
    metric : str
    alpha : float
        Error rate of each interval, and of the family of effects.
    margin : float or None
        Smallest effect that matters, in the metric's own unit.
    stays_at_chance : bool
        False: cells that are negative controls form no contrast.
    n_pairs : int
        Complete blocks: seeds at which every cell trained.
    n_lost_to_divergence : int
        Blocks that are not complete because a trial diverged.
    weights : tuple of float
        Weight of each cell.
    contrast : str
        ``ends``: between the lowest and the highest level of each factor; ``reference``: between a named level and the
        first one.
    levels : tuple of (level, level)
        These two levels of each factor: the effect is at the second minus at the first.
    """

    condition: str
    metric: str
    alpha: float
    margin: float | None
    stays_at_chance: bool
    n_pairs: int
    n_lost_to_divergence: int
    weights: tuple[float, ...]
    contrast: str
    levels: tuple[tuple[float | str, float | str], ...]


@dataclass(frozen=True, kw_only=True)
class Block(Record):
    """The value of a contrast at one seed, in the metric's own unit."""

    seed: int | str
    difference: float


@dataclass(frozen=True, kw_only=True)
class Contrast(
    Contrasted,
    Difference,
    TTest,
    Equivalence,
    EffectSize,
    DifferenceSummary,
    SignFlip,
    OverImages,
    MaxT,
    AdjustedT,
    Simultaneous,
    Typical,
    MeanFamily,
    Decision,
):
    """One contrast of several conditions: the numbers of the methods that have a meaning for it.

    Parameters
    ----------
    headline : Headline
        The decision that words, tables and figures tell.
    pairs : tuple of Block
        The complete blocks, by seed.
    """

    headline: Headline
    pairs: tuple[Block, ...]


Judged: TypeAlias = Effect | Contrast
"""What sentences, verdicts and plans are made of."""

J = TypeVar("J", bound=Record)


def methods_of(kind: type[Record]) -> tuple[type[Method], ...]:
    """Return the methods whose numbers a record has, in their order."""
    return tuple(base for base in kind.__bases__ if issubclass(base, Method))


def assembled(kind: type[J], own: Record, results: Results, **further: object) -> J:
    """Return a record of this `kind` from what is its own and the results of its methods."""
    return merged(kind, own, *(results[base] for base in kind.__bases__ if base in results.by_kind), **further)
