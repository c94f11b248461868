"""Bad endings: how often runs diverge or end far below their condition's median, and how that hangs on the limit."""

from __future__ import annotations

from analysis.answer.comparison import Comparison
from analysis.methods.bad_endings import BadEndings
from analysis.report.document import Block, Column, Grid, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording import bad_endings
from analysis.wording.number_format import exact, level, probability
from analysis.wording.phrases import quoted
from analysis.wording.units import share_limits, unit_of

TITLE = "Bad endings"


def section(_: Material | None, pool: Pool) -> Section | None:
    """Return the counts with their limits and tests, and the same at other limits; None where no rule was fixed."""
    whole = pool.primary
    known = [each for each in whole.bad_endings.values() if each.n_bad is not None]
    if not known:
        return None
    said = f"{bad_endings.rule(whole)} A condition that is worse throughout need not have any."
    blocks: list[Block] = [Paragraph(said), _counts(whole, known)]
    if any(each.by_threshold for each in known):
        blocks.append(_sensitivity(whole, known))
    blocks += [
        Paragraph(
            f"{quoted(each.condition)}: a quarter of the runs end far above the median, so half of the runs may have "
            "ended badly and are not counted.",
            "note",
        )
        for each in known
        if each.median_in_doubt
    ]
    return Section(TITLE, tuple(blocks))


def _counts(whole: Comparison, known: list[BadEndings]) -> Grid:
    return Grid(
        name="bad-endings",
        caption=(
            f"Runs that ended badly, with exact limits, and McNemar’s exact test against {quoted(whole.control)} on "
            "runs of the same seed."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("bad endings", "of runs"),
            Column(f"{level(whole.alpha)} limits, exact", "%"),
            Column("p, McNemar"),
            Column("p, Holm"),
        ),
        rows=tuple(
            (
                each.condition,
                bad_endings.counted(each),
                share_limits(each.rate_low, each.rate_high),
                *map(probability, (each.p_mcnemar, each.p_holm)),
            )
            for each in known
        ),
        data=tuple({key: value for key, value in vars(each).items() if key != "by_threshold"} for each in known),
    )


def _sensitivity(whole: Comparison, known: list[BadEndings]) -> Grid:
    """Return the counts at each limit, the rule's own among them."""
    unit = unit_of(whole.metric)
    limits = [at.threshold for at in known[0].by_threshold]
    return Grid(
        name="bad-endings-by-limit",
        caption=(
            "Bad endings at other limits: runs that end worse than the median of their own condition by more than the "
            "limit. A finding that holds at a single limit depends on it."
        ),
        columns=(
            Column("condition", numeric=False),
            *(Column(f"{exact(unit.scale * limit):g}", unit.difference) for limit in limits),
            Column("of runs"),
        ),
        rows=tuple((each.condition, *(str(at.n_bad) for at in each.by_threshold), str(each.n)) for each in known),
        data=tuple(
            {"condition": each.condition, "threshold": at.threshold, "n_bad": at.n_bad, "n": each.n}
            for each in known
            for at in each.by_threshold
        ),
    )
