"""When a study has seen enough: each condition's confidence sequence against the margin, whenever one looks.

The sequence holds at every number of seeds at once, so looking after each block and stopping where it pleases costs
nothing. It is of the median difference where the plan estimates the typical one, else of the mean, and is taken at
alpha over the number of conditions, times that of the tasks, on complete pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis.answer.compare import compare, family_of
from analysis.answer.sequences import follow
from analysis.methods.confidence_sequence import Look
from analysis.methods.median_sequence import MedianLook
from analysis.tables.table import load
from bench.base.precision import Target
from bench.schema.known_metrics import MEAN
from bench.study.study import Study

SEED_SHARE = 0.3
"""Below this share of the standard error from the test set, more seeds hardly help: only more images could."""

ABOVE, BELOW, WITHIN, IMAGES, OPEN = "above the margin", "below the margin", "within the margin", "images", "open"


@dataclass(frozen=True)
class Standing:
    """What is known of a condition on a target."""

    target: str
    condition: str
    look: Look | MedianLook | None
    state: str

    @property
    def decided(self) -> bool:
        """Whether more seeds would tell nothing more."""
        return self.state != OPEN

    def told(self) -> str:
        """Return it in a line."""
        if self.look is None:
            return f"{self.condition} on {self.target}: no pair yet"
        ends = self.look.ends
        reach = "unbounded" if ends is None else f"({ends[0]:+.4g} to {ends[1]:+.4g})"
        meaning = "only more test images could tell more" if self.state == IMAGES else self.state
        return (
            f"{self.condition} on {self.target}: {self.look.centre:+.4g} {reach} after {self.look.n} pairs: {meaning}"
        )


def state(look: Look | MedianLook, margin: float, standard_error: float | None, floor: float | None) -> str:
    """Return what a look decides; a `margin` of 0 asks for the sign alone."""
    if look.ends is not None:
        low, high = look.ends
        if low > margin:
            return ABOVE
        if high < -margin:
            return BELOW
        if -margin < low and high < margin:
            return WITHIN
    if standard_error is not None and floor and standard_error < SEED_SHARE * floor:
        return IMAGES
    return OPEN


def standings(folder: Path, study: Study, targets: list[Target], tasks: int = 1) -> list[Standing]:
    """Return where every condition of the study stands on every target, from what is on disk.

    `tasks` is how many are decided alike: their conditions are one family.
    """
    return [each for target in targets for each in _on_target(folder, study, target, tasks)]


def _on_target(folder: Path, study: Study, target: Target, tasks: int) -> list[Standing]:
    plan = study.analysis
    table = load(folder, where={"device": target.device, "precision": target.precision})
    metric, margin = plan.primary, plan.margin or 0.0
    family = [each.complete for each in family_of(table, metric, plan.control, alpha=plan.alpha)]
    effects = compare(table, metric, plan.control, alpha=plan.alpha).effects
    found = []
    for pairs in family:
        seen = follow(pairs, plan.alpha / (len(family) * tasks), plan.estimand or MEAN)
        if not seen:
            found.append(Standing(str(target), pairs.condition, None, OPEN))
            continue
        effect = effects[pairs.condition]
        reached = state(seen[-1], margin, effect.standard_error, effect.test_set_floor)
        found.append(Standing(str(target), pairs.condition, seen[-1], reached))
    return found
