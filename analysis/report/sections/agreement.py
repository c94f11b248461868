"""Two devices, trial by trial: the same condition and seed, one beside the other."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.report.document import Column, Grid, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording.number_format import NOTHING
from analysis.wording.units import unit_of

BROKE = "×"


def section(material: Material) -> Section | None:
    """Return one table per pair of pools that differ in the device (and its engine) alone; None without such a pair."""
    pairs = [two for two in itertools.combinations(material.pools, 2) if _only_device_differs(*two)]
    if not pairs:
        return None
    start = (
        "The same condition and seed start from the same weights and see the same batches on every device, but sums "
        "are rounded in another order, and training amplifies that. "
    )
    note = (
        f"{'' if material.plan is None else start}A difference of single trials is no fault; a mean difference that "
        "stays away from zero would be."
    )
    metric = material.analysis.primary
    return Section(
        "Agreement between devices", (Paragraph(note), *(_grid(first, second, metric) for first, second in pairs))
    )


def _only_device_differs(first: Pool, second: Pool) -> bool:
    one, other = first.table.pool, second.table.pool
    differing = {key for key in one if one.get(key) != other.get(key)}
    return one.keys() == other.keys() and "device" in differing and differing <= {"device", "engine"}


@dataclass(frozen=True)
class Match:
    """One condition and seed on two devices."""

    condition: str
    seed: int
    values: tuple[float | None, float | None]
    trained: bool

    @property
    def difference(self) -> float | None:
        """The second device minus the first, None where one of them has no number."""
        first, second = self.values
        return None if first is None or second is None else second - first


def matches(first: Pool, second: Pool, metric: str) -> list[Match]:
    """Return the trials that both pools have, by seed and then in the study's order of conditions."""
    others = {(each.condition, each.seed): each for each in second.evidence.trials}
    order = {label: index for index, label in enumerate(first.table.conditions)}
    found = [
        Match(
            one.condition,
            one.seed,
            (one.values.get(metric), other.values.get(metric)),
            not (one.diverged or other.diverged),
        )
        for one in first.evidence.trials
        if (other := others.get((one.condition, one.seed))) is not None
    ]
    return sorted(found, key=lambda each: (each.seed, order[each.condition]))


def _grid(first: Pool, second: Pool, metric: str) -> Grid:
    unit = unit_of(metric)
    names = (first.table.pool["device"], second.table.pool["device"])
    both = matches(first, second, metric)
    labels = [label for label in first.table.conditions if label in {each.condition for each in both}]
    cells = {
        (each.condition, each.seed): unit.tell_difference(each.difference) if each.trained else BROKE for each in both
    }
    rows = [
        (str(seed), *(cells.get((label, seed), NOTHING) for label in labels))
        for seed in dict.fromkeys(each.seed for each in both)
    ]
    rows.append(("mean", *(unit.tell_difference(_mean(both, label)) for label in labels)))
    return Grid(
        name=f"agreement-{names[0]}-{names[1]}",
        caption=(
            f"{unit.name.capitalize()} on {names[1]} minus {names[0]}, {unit.difference}, seed by seed. {BROKE}: "
            "diverged on one device or both; not in the mean."
        ),
        columns=(Column("seed", numeric=False), *(Column(label) for label in labels)),
        rows=tuple(rows),
        data=tuple(
            {"condition": each.condition, "seed": each.seed, names[0]: each.values[0], names[1]: each.values[1]}
            | {"difference": each.difference, "both_trained": each.trained}
            for each in both
        ),
    )


def _mean(both: Sequence[Match], label: str) -> float | None:
    mine = [each.difference for each in both if each.condition == label and each.trained]
    known = [difference for difference in mine if difference is not None]
    return math.fsum(known) / len(known) if known else None
