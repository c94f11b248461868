"""Where the spread over seeds comes from."""

from __future__ import annotations

from analysis.answer.variance import SplitByTestSet, VarianceBySource
from analysis.figures import variance_shares
from analysis.report.document import Block, Column, Grid, Section
from analysis.report.gather import Material, Pool
from analysis.report.sections.entry import shown
from analysis.wording.number_format import NOTHING, level
from analysis.wording.units import Unit, plain, unit_of


def section(material: Material, pool: Pool) -> Section | None:
    """Return the figure and table of shares by source; None without a comparison, and for a table without sources."""
    lacks = material.plan is None and variance_shares.PLOT.missing(pool.evidence) is not None
    if lacks or not pool.primary.judged:
        return None
    blocks: list[Block] = [shown(pool, variance_shares.PLOT)]
    spread = pool.evidence.variance
    if spread is not None and any(each.components or each.test_set for each in spread.conditions):
        blocks.append(_sources(spread, {each.label for each in pool.evidence.at_chance}, pool.primary.drawn))
    return Section(variance_shares.PLOT.title, tuple(blocks))


def _sources(variance: VarianceBySource, at_chance: set[str], example: str) -> Grid:
    """Return the standard deviations by source of each condition."""
    unit = unit_of(variance.metric)
    rows, data = [], []
    for each in variance.conditions:
        name = each.condition
        for part in each.components:
            low, high = part.share_low, part.share_high
            between = NOTHING if low is None or high is None else f"{plain(100 * low, 0)} to {plain(100 * high, 0)}"
            source = " × ".join(part.factors)
            rows.append((name, source, _sd(part.variance, unit), _percent(part.share), between))
            data.append({"condition": name, "source": source} | {k: v for k, v in vars(part).items() if k != "factors"})
        for source, part_of, share in _split(each.test_set, example):
            rows.append((name, source, _sd(part_of, unit), _percent(share), NOTHING))
            data.append({"condition": name, "source": source, "variance": part_of, "share": share})
    shown_columns = None if any(row[-1] != NOTHING for row in rows) else -1  # a test set's split has no intervals
    return Grid(
        name="variance",
        caption=f"Spread of {unit.name} by source: standard deviation, and share of the variance.",
        columns=(
            Column("condition", numeric=False),
            Column("source", numeric=False),
            Column("SD", unit.difference),
            Column("share", "%"),
            Column(f"{level(variance.alpha)} interval", "%"),
        )[:shown_columns],
        rows=tuple(row[:shown_columns] for row in rows),
        data=tuple(data),
        quiet=frozenset(index for index, row in enumerate(rows) if row[0] in at_chance),
    )


def _split(found: SplitByTestSet | None, example: str) -> list[tuple[str, float, float | None]]:
    """Return source, variance and share of each part of a split."""
    if found is None:
        return []
    return [
        (f"seed, new test {example}s too", found.lasting, found.lasting_share),
        ("seed, this test set’s churn", found.churn, found.churn_share),
    ]


def _sd(variance: float, unit: Unit) -> str:
    return unit.tell(variance**0.5)


def _percent(share: float | None) -> str:
    return NOTHING if share is None else plain(100 * share, 0)
