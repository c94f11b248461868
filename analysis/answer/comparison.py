"""The answer: one object that table, figures, LaTeX and sentences are all made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.methods.sign_flip import EXACT_UP_TO, FLIP_SEED, RANDOM_FLIPS


@dataclass(frozen=True)
class Comparison:
    """The answer, as plain data under the key names of the results contract.

    Parameters
    ----------
    metric, control, alpha, margin, lower_is_better
        The question. `margin` is in the metric's own unit, or None.
    role : str or None
        ``primary`` or ``secondary`` (not adjusted across metrics) by the plan; None where there is no plan.
    n_seeds : int
        Distinct seeds with a trial that ended.
    dropped, warnings : tuples
        What was left out and why; what a reader must know.
    comparisons : tuple of dict
        One per condition but the control, in the table's order.
    divergence, conditions : tuples of dict
        One per condition, the control included: failure rates, and plain summaries.
    omnibus : dict
        Whether any differ: descriptive.
    dose_response, selection : dict or None
        How the metric follows a rate, and which condition is best; None where that cannot be asked.
    """

    metric: str
    control: str
    alpha: float
    margin: float | None
    lower_is_better: bool
    role: str | None
    n_seeds: int
    dropped: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]
    comparisons: tuple[dict[str, Any], ...]
    divergence: tuple[dict[str, Any], ...]
    conditions: tuple[dict[str, Any], ...]
    omnibus: dict[str, Any]
    dose_response: dict[str, Any] | None
    selection: dict[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """Return the object as JSON types: finite numbers, strings, booleans, None, lists and dicts."""
        return {
            "metric": self.metric,
            "control": self.control,
            "alpha": self.alpha,
            "margin": self.margin,
            "lower_is_better": self.lower_is_better,
            "role": self.role,
            "n_seeds": self.n_seeds,
            "random_flips": {"number": RANDOM_FLIPS, "seed": FLIP_SEED, "exact_up_to": EXACT_UP_TO},
            "dropped": list(self.dropped),
            "warnings": list(self.warnings),
            "omnibus": self.omnibus,
            "dose_response": self.dose_response,
            "selection": self.selection,
            "comparisons": list(self.comparisons),
            "divergence": list(self.divergence),
            "conditions": list(self.conditions),
        }
