"""The slider for the number of seeds: what the confidence sequences said after each, written beforehand."""

from __future__ import annotations

from analysis.answer.sequences import ConditionSequence
from analysis.figures.evidence import Evidence
from analysis.report.document import Control
from analysis.wording.controls import AFTER, known_after
from analysis.wording.phrases import count
from analysis.wording.units import unit_of

MOST = 200
"""Steps of the slider; of more seeds it has so many, evenly spaced, the last among them."""


def seeds_control(evidence: Evidence) -> Control | None:
    """Return the slider; None where there is no sequence of at least two seeds."""
    found = evidence.sequences
    followed = [] if found is None else [each for each in found.sequences if each.looks_family]
    last = max((each.looks_family[-1].n for each in followed), default=0)
    if last < 2:
        return None
    every = range(1, last + 1)
    steps = sorted({last - (last - 1) * step // (MOST - 1) for step in range(MOST)}) if last > MOST else every
    unit = unit_of(evidence.primary.metric)
    return Control(
        name="seeds",
        label=AFTER,
        data={
            "steps": [count(n, "seed") for n in steps],
            "columns": [", ".join(filter(None, ("difference", unit.difference))), "confidence sequence", "zero"],
            "rows": {each.condition: [_after(each, n, evidence) for n in steps] for each in followed},
        },
    )


def _after(each: ConditionSequence, n: int, evidence: Evidence) -> list[str]:
    """Return estimate, interval and outcome in words after `n` seeds; of a condition with fewer those of its last."""
    unit, look = unit_of(evidence.primary.metric), each.looks_family[min(n, len(each.looks_family)) - 1]
    ends = "" if look.ends is None else " to ".join(unit.tell_differences(list(look.ends), None))
    first = each.first_n_excluding_zero_family
    return [
        unit.tell_difference(look.centre),
        ends,
        known_after(bounded=look.ends is not None, first=first if first is not None and first <= look.n else None),
    ]
