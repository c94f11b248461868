"""What a law is given: the layer, the rates, what it did at each, and the law's share of false alarms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.checks.dropout.masks import NOT_FINITE, Masks
from bench.checks.dropout.probing import Probe
from bench.checks.dropout.verdicts import NOT_APPLICABLE, Figure, Found, Verdict, judged


@dataclass(frozen=True)
class Case:
    """A layer before the laws."""

    probe: Probe
    masks: tuple[Masks, ...]
    """What it did at each rate; empty where it cannot be run."""
    alpha: float
    """Probability of a false alarm that one law may use up at one rate."""
    fault: str | None = None
    """Why it could not be run on the device asked for: it was then looked at on the CPU."""

    @property
    def rates(self) -> tuple[float, ...]:
        """The rates that the layer is checked at."""
        return tuple(each.rate for each in self.masks)

    def at_each_rate(
        self, law: str, look: Callable[[Masks], Found], right: str, wrong: Callable[[Figure], str]
    ) -> Verdict:
        """Return the verdict of a law that is looked at rate by rate."""
        if any(each.kind == NOT_FINITE for each in self.masks):
            return Verdict(law, NOT_APPLICABLE, "cannot tell: outputs are not finite, see kept-values")
        return judged(law, [look(each) for each in self.masks], right, wrong)


@dataclass(frozen=True)
class Law:
    """One thing that dropout is defined to do."""

    key: str
    about: str
    """What it says, for people."""
    judge: Callable[[Case], Verdict]
    statistical: bool = False
    """Whether a right layer can fail it by chance: then it has a share of the false alarms at every rate."""
