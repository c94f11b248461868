"""The answer: one object that table, figures, LaTeX and sentences are all made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.answer.directed import Directed
from analysis.answer.effect import Effect
from analysis.answer.headline import scopes
from analysis.base.records import to_json
from analysis.methods.bad_endings import BadEndings
from analysis.methods.cross_check import CrossCheck
from analysis.methods.dose_response import DoseResponse
from analysis.methods.failure_rates import Divergence
from analysis.methods.omnibus import Omnibus
from analysis.methods.selection import Selection
from analysis.methods.sign_flip import EXACT_UP_TO, FLIP_SEED, RANDOM_FLIPS
from analysis.methods.summary import Summary
from analysis.tables.pairing import PAIRS, Unit
from analysis.tables.table import Dropped
from bench.schema.known_metrics import TYPICAL


@dataclass(frozen=True, kw_only=True)
class Comparison(Directed):
    """Every condition of a table against the control, on one metric.

    Parameters
    ----------
    metric, control : str
    example : str
        What one example of the data is called; no key of the JSON.
    in_groups : bool
        Whether the test examples behind the metric lie in groups; no key of the JSON.
    cross_check : tuple of CrossCheck
        What the Bayesian signed-rank test says beside the verdicts; empty where that was not requested.
    unit : Unit
        What conditions are paired by: seeds, or splits of one data set, which are not independent.
    test_fraction : float or None
        Share of the examples that each split holds out, where that was given.
    alpha : float
        Error rate of each interval, and of the family of conditions.
    margin : float or None
        Smallest difference that matters, in the metric's own unit.
    bad_ending : float or None
        How much worse than its condition's median a run ends badly, in the metric's own unit; None where no rule was
        fixed.
    role : str or None
        ``primary`` or ``secondary`` (not adjusted across metrics) by the plan; None where there is no plan.
    n_seeds : int
        Distinct seeds with a trial that ended.
    dropped : tuple of Dropped
        What was left out and why.
    warnings : tuple of str
        What a reader must know.
    omnibus : Omnibus
        Whether any conditions differ: descriptive.
    dose_response, selection : DoseResponse or None, Selection or None
        How the metric follows a rate, and which condition is best; None where that cannot be asked.
    effects : mapping of condition to Effect
        Every condition but the control, in the table's order.
    divergence, conditions : mappings of condition to Divergence, and to Summary
        Every condition, the control included: failure rates, and plain descriptions.
    bad_endings : mapping of condition to BadEndings
        Every condition but the negative controls; empty where no rule was fixed.
    """

    metric: str
    control: str
    alpha: float
    margin: float | None
    bad_ending: float | None = None
    role: str | None
    n_seeds: int
    dropped: tuple[Dropped, ...]
    warnings: tuple[str, ...]
    omnibus: Omnibus
    dose_response: DoseResponse | None
    selection: Selection | None
    effects: Mapping[str, Effect]
    divergence: Mapping[str, Divergence]
    bad_endings: Mapping[str, BadEndings]
    conditions: Mapping[str, Summary]
    example: str = "image"
    in_groups: bool = False
    unit: Unit = PAIRS
    cross_check: tuple[CrossCheck, ...] = ()
    test_fraction: float | None = None

    def __repr__(self) -> str:
        return (
            f"<Comparison of {', '.join(self.effects) or 'no condition'} with {self.control} on {self.metric}: "
            f"{self.n_seeds} seeds, alpha {self.alpha:g}, margin {self.margin}>"
        )

    @property
    def estimand(self) -> str:
        """The centre of the differences that leads: the same for every condition."""
        return next((each.headline.estimand for each in self.effects.values()), TYPICAL)

    @property
    def drawn(self) -> str:
        """What a new test set has others of: one example, or one group where examples lie in groups."""
        return f"{self.example} group" if self.in_groups else self.example

    @property
    def scopes(self) -> list[str]:
        """The scopes of the headlines, those that claim nothing left out; mostly there is one."""
        return scopes(each.headline for each in self.effects.values())

    @property
    def judged(self) -> list[Effect]:
        """The effects of the conditions that are meant to train."""
        return [each for each in self.effects.values() if not each.stays_at_chance]

    def to_json(self) -> dict[str, Any]:
        """Return the object of the results contract, which has lists where this has mappings of conditions."""
        keys = ("metric", "control", "alpha", "margin", "bad_ending", "direction", "lower_is_better", "role", "n_seeds")
        return {
            **{key: getattr(self, key) for key in keys},
            "estimand": self.estimand,
            "blocks": f"{self.unit.key}s",
            "test_fraction": self.test_fraction,
            "random_flips": {"number": RANDOM_FLIPS, "seed": FLIP_SEED, "exact_up_to": EXACT_UP_TO},
            "dropped": to_json(self.dropped),
            "warnings": to_json(self.warnings),
            "omnibus": to_json(self.omnibus),
            "dose_response": to_json(self.dose_response),
            "selection": to_json(self.selection),
            "comparisons": to_json(list(self.effects.values())),
            "divergence": to_json(list(self.divergence.values())),
            "bad_endings": to_json(list(self.bad_endings.values())),
            "conditions": to_json(list(self.conditions.values())),
            **({"cross_check": to_json(self.cross_check)} if self.cross_check else {}),
        }
