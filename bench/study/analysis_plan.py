"""What of the analysis was decided before the data: the [analysis] section of a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bench.schema.documents import content_hash
from bench.schema.known_metrics import (
    LATE,
    LATE_EPOCHS,
    bad_ending_of,
    direction_of,
    is_fraction,
    margin_doubt,
    margin_fault,
)
from bench.study.fields import Faults, show


@dataclass(frozen=True)
class AnalysisPlan:
    """What was decided before the data: its hash is printed in the report."""

    control: str
    primary: str
    alpha: float
    margin: float | None = None
    margins: dict[str, float] | None = None
    until: str | None = None
    """When to stop adding seeds: the analysis then goes by a confidence sequence."""
    estimand: str | None = None
    """Which centre of the differences leads: the typical difference, or the mean."""
    bad_ending: float | None = None
    """By how much a run may end worse than the median of its condition."""
    direction: str | None = None
    """Which values of the primary metric are better, where its name does not say."""
    directions: dict[str, str] | None = None
    """The same of other metrics."""
    late_epochs: int | None = None
    """How many of the last epochs late test accuracy is the median of."""
    test_fraction: float | None = None
    """Share of the examples that each split holds out, where the seeds are splits of one data set."""
    protocol: int | None = None
    """Version of the statistical protocol; plans of the first do not say it."""

    @property
    def analysis_hash(self) -> str:
        """Hash of the plan; what is not set is no part of it, so that a key added later leaves it as it was."""
        return content_hash({key: value for key, value in asdict(self).items() if value is not None})

    @property
    def doubts(self) -> list[str]:
        """What is allowed, and probably not meant."""
        known = self.direction or (self.directions or {}).get(self.primary) or direction_of(self.primary)
        unknown = (
            f"which values of {self.primary} are better is not known by its name: give [analysis] direction, or "
            "nothing will be called a benefit"
        )
        margins = [margin_doubt(metric, margin) for metric, margin in self._margins().items()]
        return [each for each in [*margins, None if known else unknown] if each]

    def _margins(self) -> dict[str, float]:
        own = {} if self.margin is None else {self.primary: self.margin}
        return own | (self.margins or {})


def resolved(given: Mapping[str, Any]) -> AnalysisPlan:
    """Return the plan of a checked section, the rule of bad endings and the late epochs of a late primary filled in."""
    plan = AnalysisPlan(**given)
    if plan.bad_ending is None:
        plan = replace(plan, bad_ending=bad_ending_of(plan.primary))
    return replace(plan, late_epochs=_late_epochs(given))


def _late_epochs(given: Mapping[str, Any]) -> int | None:
    default = LATE_EPOCHS if given.get("primary") == LATE else None
    return given.get("late_epochs") or default


def check_analysis(given: Mapping[str, Any], epochs: int | None, faults: Faults) -> None:
    """Check that margins, bad endings, directions and late epochs fit the metrics and the training.

    `epochs` is None where conditions set them.
    """
    primary, margin = given.get("primary") or "", given.get("margin")
    bad_ending, late = given.get("bad_ending"), _late_epochs(given)
    margins = {"margin": (primary, margin)} | {
        f"margins {metric}": (metric, value) for metric, value in (given.get("margins") or {}).items()
    }
    for key, (metric, value) in margins.items():
        if value is not None and (why := margin_fault(metric, value)):
            faults.add(f"[analysis] {key}", f"{show(value)} was given; {why}")
    if bad_ending is not None and bad_ending >= 1 and is_fraction(primary):
        faults.add(
            "[analysis] bad_ending",
            f"{show(bad_ending)} was given; {primary} is a fraction, so below 1 (0.05 is 5 points)",
        )
    if given.get("test_fraction") is not None and given.get("until") is not None:
        faults.add("[analysis] test_fraction", "is for a fixed number of splits; until adds seeds: give one of the two")
    of_primary = (given.get("directions") or {}).get(primary)
    if of_primary and given.get("direction") not in (None, of_primary):
        faults.add("[analysis] directions", f"{primary} is {of_primary} here, and direction is {given['direction']}")
    if late is not None and epochs is not None and late > epochs:
        which = "was given" if given.get("late_epochs") else "is the default"
        faults.add("[analysis] late_epochs", f"{late} {which}; at most the {epochs} epochs of training are expected")
