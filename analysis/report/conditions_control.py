"""Which conditions the page shows, and which seed is lit up in its figures."""

from __future__ import annotations

from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.report.document import Control
from analysis.report.gather import Material
from analysis.wording.controls import CONDITIONS, NO_SEED, SEED


def conditions_control(material: Material) -> Control:
    """Return a box for each condition but the control, in the study's order, and every seed by its name."""
    pool = material.pools[0]
    settings = pool.evidence.settings
    return Control(
        name="conditions",
        label=CONDITIONS,
        data={
            "conditions": [[place, each.label] for place, each in enumerate(settings) if not each.is_control],
            "seeds": [str(each) for each in pool.table.seed_names or pool.table.seeds],
            "seed": SEED,
            "none": NO_SEED,
        },
    )


def conditions_over_tasks(whole: ComparisonOverTasks) -> Control:
    """Return a box for each condition over tasks; seeds of different tasks have nothing in common to light up."""
    return Control(
        name="conditions",
        label=CONDITIONS,
        data={"conditions": [[place, label] for place, label in enumerate(whole.across)], "seeds": []},
    )
