"""What stands beside the controls of the page."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.wording.phrases import count, listed, quoted
from analysis.wording.units import unit_of

CONDITIONS, SEED, NO_SEED = "Show conditions", "Light up a seed in every figure", "none"
IN_A_PAPER, COPY, COPIED, CHECKLIST = "Sentences for a paper", "Copy", "Copied", "For the checklist of a conference"
AFTER = "What was known after"
MARGIN = "Margin: differences within"
OTHER_MARGIN = (
    "This is not the margin of the analysis. A margin that is chosen after seeing the data proves nothing: the error "
    "rates hold for one that was fixed before. The sentence and the table above follow the slider; the figures, the "
    "other tables and all files do not."
)
OTHER_MARGIN_OVER_TASKS = (
    "This is not the margin of the analysis. A margin that is chosen after seeing the data proves nothing: the error "
    "rates hold for one that was fixed before. The sentences, the tables above and the table of each task follow the "
    "slider; the figures, the other tables, all files and the reports of single tasks do not."
)


def margin_amount(margin: float, metric: str) -> str:
    """Return a margin on both sides of zero, with its unit: ``±0.1 points``."""
    unit = unit_of(metric)
    return f"±{unit.margin_with_unit(margin)}"


def planned_margin(margin: float, metric: str) -> str:
    """Return what the button beside the slider is called."""
    return f"Back to {margin_amount(margin, metric)}"


def the_plan_says(margin: float, metric: str, settled: Sequence[str]) -> str:
    """Return what holds at the plan's margin, and which conditions the slider does not move."""
    said = (
        f"The margin of the analysis is {margin_amount(margin, metric)}. The slider shows what the same intervals "
        "would mean with another one."
    )
    if settled:
        verb = "does" if len(settled) == 1 else "do"
        said += (
            f" {listed([quoted(each) for each in settled])} {verb} not follow it: not the margin settled that verdict."
        )
    return said


def the_plan_says_over_tasks(margin: float, metric: str, settled: int) -> str:
    """Return what holds at the plan's margin, and how many verdicts the slider does not move."""
    said = the_plan_says(margin, metric, ())
    if settled:
        verb, them = ("does", "it") if settled == 1 else ("do", "them")
        said += f" {count(settled, 'verdict')} {verb} not follow it: not the margin settled {them}."
    return said


def known_after(*, bounded: bool, first: int | None) -> str:
    """Return what a confidence sequence showed by some seed, where `first` is when it first did not hold zero."""
    if not bounded:
        return "unbounded yet"
    return "held 0 at every look" if first is None else f"first without 0: {first} seeds"
