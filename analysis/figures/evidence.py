"""What the figures are drawn from: results as they came out of the analysis, nothing left to compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.answer.power_curves import PowerCurves
from analysis.answer.sequences import Sequences
from analysis.answer.variance import VarianceBySource
from analysis.factorial.result import Factorial
from analysis.factorial.worth_by_level import PairedEffects
from analysis.methods.activations import Activations
from analysis.methods.gap_split import GapSplit
from analysis.methods.self_check import SelfCheck
from analysis.methods.survival import Survival
from analysis.throughput.result import Speed


@dataclass(frozen=True)
class Setting:
    """A condition as figures and tables name it.

    Parameters
    ----------
    label : str
    rates : tuple of float
        Dropout rate of each hidden layer; empty where the table does not say.
    is_control, stays_at_chance : bool
    varied : tuple of (name, value)
        Every setting that varies between conditions, in words.
    """

    label: str
    rates: tuple[float, ...]
    is_control: bool
    stays_at_chance: bool
    varied: tuple[tuple[str, str], ...] = ()

    @property
    def rate(self) -> float | None:
        """The rate where all layers agree, else None."""
        return self.rates[0] if self.rates and len(set(self.rates)) == 1 else None

    @property
    def detail(self) -> str:
        """The rates in words: ``0.2 / 0.5``, or ``0.3`` where all layers agree."""
        return f"{self.rate:g}" if self.rate is not None else " / ".join(f"{rate:g}" for rate in self.rates)

    @property
    def aside(self) -> str:
        """The detail; nothing where no layer has dropout, for the condition may be about something else."""
        return self.detail if any(self.rates) else ""


@dataclass(frozen=True)
class Mean:
    """Mean of a metric over the `n` trials of a condition that trained, with its t interval (None below 2 trials)."""

    condition: str
    n: int
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Broken:
    """How many of the trials of a condition that ended diverged, and in how many pairs who did.

    `alone`: pairs in which only the condition diverged; `control_alone`: only the control; `both`: both did.
    """

    condition: str
    n: int
    diverged: int
    alone: int
    control_alone: int
    both: int


@dataclass(frozen=True)
class Trial:
    """A trial that ended; `values` has its metrics by name, those that are no number left out."""

    condition: str
    seed: int
    diverged: bool
    values: Mapping[str, float]


@dataclass(frozen=True)
class Band:
    """One quantity of one condition by epoch, over the seeds that trained: smallest, median and largest value."""

    condition: str
    quantity: str
    epochs: tuple[int, ...]
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Run:
    """Test accuracy by epoch of a trial that diverged."""

    condition: str
    seed: int
    epochs: tuple[int, ...]
    test_accuracy: tuple[float, ...]


@dataclass(frozen=True)
class Curves:
    """Learning curves: bands over the seeds that trained, and the runs of those that did not."""

    bands: tuple[Band, ...]
    broken: tuple[Run, ...]

    def of(self, condition: str, quantity: str) -> Band | None:
        """Return the band of one quantity, None where no seed has it."""
        mine = (each for each in self.bands if (each.condition, each.quantity) == (condition, quantity))
        return next(mine, None)


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything that is known about one pool of trials: one device, precision and data hash.

    Parameters
    ----------
    settings : tuple of Setting
        In the study's order.
    trials : tuple of Trial
    curves : Curves or None
    means : mapping of metric to means
    broken : mapping of condition to Broken
    comparisons : mapping of metric to Comparison
    sequences : Sequences, optional
        Sequences of the primary metric, like `self_check` and `variance`.
    self_check : SelfCheck, optional
    variance : VarianceBySource, optional
    gap_splits : sequence of GapSplit
        None where either gap is missing.
    speed : Speed or None
        None where speed was not measured.
    factorial : Factorial or None
        Factorial of the primary metric; None where the conditions form no factorial.
    survival : Survival or None
        Survival of the conditions that are meant to train; None where no
        curve shows a collapse.
    activations : Activations or None
        Activations of the conditions that are meant to train; None where
        nothing was recorded.
    paired_effects : PairedEffects or None
        What pairing is worth to the effect of dropout on the primary metric;
        None where two rates of it cross no other factor.
    power : PowerCurves or None
        Power by number of seeds for the margin of the primary metric; None
        without one.
    """

    settings: tuple[Setting, ...]
    trials: tuple[Trial, ...]
    curves: Curves | None
    means: Mapping[str, tuple[Mean, ...]]
    broken: Mapping[str, Broken]
    comparisons: Mapping[str, Comparison]
    sequences: Sequences | None = None
    self_check: SelfCheck | None = None
    variance: VarianceBySource | None = None
    gap_splits: Sequence[GapSplit] = ()
    speed: Speed | None = None
    factorial: Factorial | None = None
    survival: Survival | None = None
    activations: Activations | None = None
    paired_effects: PairedEffects | None = None
    power: PowerCurves | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The conditions that a page shows or hides, in their order."""
        return tuple(each.label for each in self.settings)

    @property
    def primary(self) -> Comparison:
        """The comparison that the answer rests on."""
        return next(whole for whole in self.comparisons.values() if whole.role != "secondary")

    @property
    def control(self) -> Setting:
        """The control."""
        return next(each for each in self.settings if each.is_control)

    @property
    def trained(self) -> tuple[Setting, ...]:
        """The conditions that are meant to train, the control among them."""
        return tuple(each for each in self.settings if not each.stays_at_chance)

    @property
    def at_chance(self) -> tuple[Setting, ...]:
        """The negative controls: conditions that stay at chance level by design."""
        return tuple(each for each in self.settings if each.stays_at_chance)

    def of(self, condition: str) -> tuple[Trial, ...]:
        """Return the trials of a condition that trained."""
        return tuple(each for each in self.trials if each.condition == condition and not each.diverged)

    def compared(self, metric: str) -> list[Effect]:
        """Return the effects on `metric` of conditions that are meant to train, in the study's order."""
        shown = {each.label for each in self.trained}
        whole = self.comparisons.get(metric)
        return [] if whole is None else [each for each in whole.effects.values() if each.condition in shown]
