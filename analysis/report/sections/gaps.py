"""Running gap against clean gap: which part of the gap is a measurement artefact."""

from __future__ import annotations

from analysis.figures import gaps as figure
from analysis.methods.gap_split import GapSplit
from analysis.methods.verdict import ROUGH
from analysis.report.document import Illustration, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording.answers import answer
from analysis.wording.number_format import level
from analysis.wording.phrases import quoted
from analysis.wording.units import plain, unit_of

WHY = (
    "The textbook's plot sets test accuracy against a running training accuracy: averaged over the epoch, while the "
    "weights still move, with dropout switched on. Dropout lowers that number even where the network is no worse, so "
    "the running gap shrinks by a measurement artefact alone. It can also be larger than the clean gap: at a high "
    "learning rate the last weights may do worse than those before them. The clean gap takes training and test "
    "accuracy from the same last weights, dropout off in both. Only the clean gap speaks of generalisation."
)


def section(material: Material, pool: Pool) -> Section | None:
    """Return the explanation, the figure, and both gaps of the leading condition; None for a table without gaps."""
    why, found = figure.missing(pool.evidence), _headlines(pool)
    if material.plan is None and why is not None and not found:
        return None
    if why is not None:
        return Section("Running gap and clean gap", (*found, Paragraph(why)))
    judged = {each.condition for each in pool.evidence.compared(figure.CLEAN)}
    leading = [each for each in pool.evidence.gap_splits if each.condition in judged and each.n][:1]
    said = [Paragraph(what_is_left(each, pool)) for each in leading]
    return Section(
        "Running gap and clean gap", (*found, Paragraph(WHY), *said, Illustration(figure.PLOT, pool.evidence))
    )


def _headlines(pool: Pool) -> tuple[Paragraph, ...]:
    """Return what becomes of the clean gap, where the study asks of something else first."""
    whole = pool.evidence.comparisons.get(figure.CLEAN)
    if whole is None or whole is pool.primary or not whole.judged:
        return ()
    return (Paragraph(answer(whole)),)


def what_is_left(split: GapSplit, pool: Pool) -> str:
    """Return how both gaps of a condition changed, and which part of it is not owed to measuring."""
    whole = pool.evidence.comparisons[figure.CLEAN]
    unit, told = unit_of(figure.CLEAN), level(whole.alpha)
    running, clean, owed = (
        f"{unit.tell_difference(change, whole.margin)} points"
        for change in (split.running_change, split.clean_change, split.measuring_change)
    )
    said = (
        f"With {quoted(split.condition)} against {quoted(whole.control)}, the running gap changed by {running} "
        f"and the clean gap by {clean} (n = {split.n}). "
    )
    if split.n < ROUGH or split.measuring_low is None or split.measuring_high is None:
        return said.strip()
    ends = " to ".join(unit.tell_differences([split.measuring_low, split.measuring_high], whole.margin))
    said += f"The measurement artefact accounts for {owed} (unadjusted {told} t interval over seeds: {ends}). "
    if split.clean_share is None:
        return said + "Its share of the change cannot be estimated: the running gap may not have changed at all."
    share, low, high = (
        plain(None if part is None else 100 * part, 0)
        for part in (split.clean_share, split.clean_share_low, split.clean_share_high)
    )
    return said + f"{share}% ({low}% to {high}%) of the change in the running gap is left with dropout off."
