"""The slider for the margin: the answer as it would be with each margin, made beforehand."""

from __future__ import annotations

from analysis.answer.comparison import Comparison
from analysis.answer.other_margins import at_margin, follows, margins
from analysis.figures.evidence import Evidence
from analysis.report.answer_grid import answer_grid
from analysis.report.document import Control
from analysis.wording.answers import answer
from analysis.wording.controls import MARGIN, OTHER_MARGIN, margin_amount, planned_margin, the_plan_says
from analysis.wording.verdicts import meanings

FOLLOWING = slice(1, 4)
"""Cells of the answer's table that depend on the margin: verdict, and the digits of difference and interval."""


def margin_control(whole: Comparison, evidence: Evidence) -> Control | None:
    """Return the slider; None where no margin was planned, or none would change anything.

    Each distinct answer is there once: its sentence, and for each row its cells and the tone of its verdict. ``at`` has
    its place by margin.
    """
    if whole.margin is None or not any(map(follows, whole.judged)):
        return None
    steps = margins(whole.margin)
    others = [at_margin(whole, each) for each in steps]
    grids = [answer_grid(each, evidence) for each in others]
    says = [
        {
            "lead": answer(each),
            "rows": {
                row[0]: [tone, *row[FOLLOWING]]
                for row, tone in zip(grid.rows, grid.tones, strict=True)
                if row[0] in whole.effects
            },
        }
        for each, grid in zip(others, grids, strict=True)
    ]
    distinct = [each for index, each in enumerate(says) if each not in says[:index]]
    settled = [each.condition for each in whole.judged if not follows(each)]
    return Control(
        name="margin",
        label=MARGIN,
        data={
            "plan": steps.index(whole.margin),
            "steps": [margin_amount(each, whole.metric) for each in steps],
            "back": planned_margin(whole.margin, whole.metric),
            "says": distinct,
            "at": [distinct.index(each) for each in says],
            "meanings": [meanings(each.judged) for each in others],
            "planned": the_plan_says(whole.margin, whole.metric, settled),
            "other": OTHER_MARGIN,
        },
    )
