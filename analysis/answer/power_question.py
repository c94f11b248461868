"""Which plan is asked for: of a difference or of a margin, from a standard deviation or from a pilot table."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

from analysis.answer.goals import MarginPlan, PilotMargin, Wanted, for_margin, margin_by_pilot
from analysis.answer.sample_size import PilotPlan, Plan, by_pilot, planned
from analysis.base.errors import TableError
from analysis.methods.power import Design
from analysis.tables.table import Table
from bench.schema.known_metrics import MEAN

AnyPlan: TypeAlias = Plan | PilotPlan | MarginPlan | PilotMargin
"""What a question about seeds is answered with."""


@dataclass(frozen=True)
class Planning:
    """A question about the seeds of a study to come.

    Parameters
    ----------
    delta : float or None
        The difference to find; with `margin` the true one, positive where better.
    n : int or None
        Seeds that there are.
    margin : float or None
        Smallest difference that matters.
    alpha, power : float
    comparisons : int or None
        Conditions compared with the control; None: 1, or those of a pilot.
    estimand : {"mean", "typical"}
    """

    delta: float | None = None
    n: int | None = None
    margin: float | None = None
    alpha: float = 0.05
    power: float = 0.8
    comparisons: int | None = None
    estimand: str = MEAN

    def faults(self, sd: float | None, *, pilot: bool) -> list[str]:
        """Return what is out of range or does not go together."""
        faults = []
        both, neither = self.delta is not None and self.n is not None, self.delta is None and self.n is None
        if self.margin is None and (both or (neither and not pilot)):
            faults.append("give --delta (how many seeds?) or --n (what difference?), one of the two; or --margin")
        if self.margin is not None and not (math.isfinite(self.margin) and self.margin > 0):
            faults.append(f"--margin is {self.margin:g}; allowed: a finite number above 0")
        if (sd is None) is not pilot:
            faults.append("give --sd or --pilot TABLE, one of the two")
        if self.delta is not None and not (math.isfinite(self.delta) and (self.delta > 0 or self.margin is not None)):
            allowed = "a finite number" if self.margin is not None else "a finite number above 0"
            faults.append(f"--delta is {self.delta:g}; allowed: {allowed}")
        if self.n is not None and not (isinstance(self.n, int) and self.n >= 2):
            faults.append(f"--n is {self.n}; allowed: a whole number from 2")
        return faults

    def of_sd(self, sd: float) -> Plan | MarginPlan:
        """Return the plan at a standard deviation; raise TableError for what is out of range."""
        design = replace(self._design, sd=sd)
        if faults := design.faults():
            raise TableError("power", faults)
        return planned(design, self.delta, self.n) if self.margin is None else for_margin(design, self._wanted)

    def of_pilot(self, table: Table, metric: str, control: str) -> PilotPlan | PilotMargin:
        """Return the plan for each condition of a pilot table; raise TableError for what is out of range."""
        if faults := self._design.faults():
            raise TableError("power", faults)
        question = metric, control
        if self.margin is None:
            return by_pilot(table, question, self._design, self.comparisons, delta=self.delta, n=self.n)
        return margin_by_pilot(table, question, self._design, self.comparisons, self._wanted)

    @property
    def _design(self) -> Design:
        comparisons = 1 if self.comparisons is None else self.comparisons
        return Design(1.0, self.alpha, self.power, comparisons, estimand=self.estimand)

    @property
    def _wanted(self) -> Wanted:
        assert self.margin is not None
        return Wanted(self.margin, self.delta, self.n)
