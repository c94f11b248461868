"""Effects of crossed factors on the page of findings: tables and sentences, and the contrasts behind them."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.effect import Contrast
from analysis.base.errors import TableError
from analysis.factorial import of_study
from analysis.factorial.result import Factorial, FactorialEffect, contrasts
from analysis.findings.questions import Asked
from analysis.report.document import Grid
from analysis.report.gather import Pool
from analysis.report.markdown import bullets, escaped, table
from analysis.report.sections.factorial import effects_grid, simple_grid
from analysis.wording.factorial import SIGNS, WHY_SIMPLE, sentence, simple_told
from analysis.wording.style import PAGE
from analysis.wording.units import unit_of


def effects(asked: Asked, pool: Pool) -> tuple[list[str], list[Contrast]]:
    """Return the blocks of every metric that is asked for, and the contrasts of the primary one.

    Raises
    ------
    TableError
        No factors crossed in full, or a metric that is not there.
    """
    if pool.evidence.factorial is None:
        raise TableError(asked.folder, ["crosses no factors in full: there are no effects to tell"])
    blocks: list[str] = []
    for metric in asked.metrics:
        found = _of(metric, pool)
        blocks += [f"Effects on {unit_of(metric).name}:"] if len(asked.metrics) > 1 else []
        blocks += _told(found.effects, effects_grid(found))
        if simple := found.simple_effects if asked.simple_effects else simple_told(found):
            blocks += [escaped(WHY_SIMPLE), *_told(simple, simple_grid(simple, found))]
    return [*blocks, escaped(SIGNS)], contrasts(pool.evidence.factorial.effects)


def _of(metric: str, pool: Pool) -> Factorial:
    found, plan = pool.evidence.factorial, pool.table.analysis
    assert found is not None
    assert plan is not None
    if metric == found.metric:
        return found
    other = of_study(pool.table, metric, **plan.told(metric))
    assert other is not None
    return other


def _told(effects: Sequence[FactorialEffect], grid: Grid) -> list[str]:
    return [table(grid), bullets([sentence(each, PAGE) for each in effects])]
