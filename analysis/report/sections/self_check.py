"""Do the error rates of the methods hold on these very data?"""

from __future__ import annotations

from analysis.figures import p_calibration
from analysis.methods.self_check import SelfCheck
from analysis.report.document import Block, Column, Grid, Section
from analysis.report.gather import Material, Pool
from analysis.report.sections.entry import shown
from analysis.wording.number_format import exact
from analysis.wording.resampling import NAMES, outcome
from analysis.wording.units import plain


def section(_: Material, pool: Pool) -> Section | None:
    """Return the figure and table of error rates; None without a comparison."""
    if not pool.primary.judged:
        return None
    blocks: list[Block] = [shown(pool, p_calibration.PLOT)]
    if pool.evidence.self_check is not None and p_calibration.missing(pool.evidence) is None:
        blocks.append(_checks(pool.evidence.self_check))
    return Section(p_calibration.PLOT.title, tuple(blocks))


def _checks(check: SelfCheck) -> Grid:
    drawn = tuple(each for each in check.resampled if each.achieved is not None)
    how = f"all {check.flips:,}" if check.exhaustive else f"{check.flips:,} random"
    return Grid(
        name="self-check",
        caption=(
            f"Error rates at alpha on these very data, by {how} flips of the signs of the centred "
            f"differences at the {check.n} seeds that all conditions have."
            + (
                f" Last rows: intervals in {check.resamples:,} studies of seeds drawn with replacement."
                if drawn
                else ""
            )
        ),
        columns=(
            Column("method", numeric=False),
            Column("promised", "%"),
            Column("achieved", "%"),
            Column("at most", "%"),
            Column("outcome", numeric=False),
        ),
        rows=tuple(
            (
                each.name,
                f"{exact(100 * each.nominal):g}",
                *(plain(100 * rate, 2) for rate in (each.achieved, each.limit)),
                each.verdict,
            )
            for each in check.checks
        )
        + tuple(
            (
                f"intervals of the {NAMES[each.estimand]}, resampled seeds, any condition",
                f"{exact(100 * each.nominal):g}",
                *(plain(100 * rate, 2) for rate in (each.achieved or 0.0, each.limit)),
                outcome(each),
            )
            for each in drawn
        ),
        data=(*check.checks, *drawn),
        compact=True,
    )
