"""Cells of the tables over tasks: differences and intervals in the unit of the scale."""

from __future__ import annotations

from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.tables.question import LOG_RATIO
from analysis.wording.number_format import NOTHING
from analysis.wording.style import PAGE
from analysis.wording.tasks import differences
from analysis.wording.units import unit_of


def unit(whole: ComparisonOverTasks) -> str:
    """Return the unit of a column of differences."""
    return "ratio above 1" if whole.scale == LOG_RATIO else unit_of(whole.metric).difference


def difference(value: float | None, whole: ComparisonOverTasks) -> str:
    """Return a difference; an en dash where there is none."""
    return NOTHING if value is None else differences([value], whole, PAGE)[0]


def interval(low: float | None, high: float | None, whole: ComparisonOverTasks) -> str:
    """Return an interval, one end where the other has no limit; an en dash where there is none."""
    told = differences([end for end in (low, high) if end is not None], whole, PAGE)
    if len(told) == 2:
        return " to ".join(told)
    return NOTHING if not told else f"{told[0]} or {'more' if high is None else 'less'}"
