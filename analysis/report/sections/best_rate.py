"""The best rate: how the metric follows the rate, and what choosing the best condition is worth."""

from __future__ import annotations

from analysis.answer.comparison import Comparison
from analysis.figures import dose_response as figure
from analysis.methods.selection import Selection
from analysis.methods.verdict import ROUGH
from analysis.report.document import Block, Illustration, Item, Listing, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording.number_format import level
from analysis.wording.phrases import count, listed, quoted
from analysis.wording.units import Unit, unit_of
from bench.schema.known_metrics import LOWER, TYPICAL

TITLE = "The best rate"


def section(material: Material, pool: Pool) -> Section | None:
    """Return the curve over the rates, and the best condition as honestly as the data allow."""
    whole = pool.primary
    found = whole.selection
    if found is None:
        return None
    why = figure.missing(pool.evidence)
    blocks: list[Block] = [Paragraph(why) if why is not None else Illustration(figure.PLOT, pool.evidence)]
    title = TITLE
    if why is not None and material.plan is None:  # a table of conditions that need not have rates
        title, blocks = "The best condition", []
    if found.n < ROUGH:
        said = f"Every condition trained at {count(found.n, 'seed')}: too few to say which one is best."
        return Section(title, (*blocks, Paragraph(said)))
    blocks.append(Paragraph(_best(found, whole)))
    if (typical := _best_by_typical(whole)) is not None:
        blocks.append(Paragraph(typical))
    blocks.append(Listing(tuple(Item(said) for said in _gains(found, whole))))
    blocks.append(Paragraph(_reach(found), "note"))
    return Section(title, tuple(blocks))


def _best(found: Selection, whole: Comparison) -> str:
    """Return the set that the data cannot tell apart from the best."""
    best_set = found.best_set or ()
    names = [quoted(each) for each in best_set]
    if len(names) == 1:
        reach = ", for new seeds on this test set" if whole.unit.independent else ""
        return (
            f"{names[0]} has the best mean, and every other condition is shown to be worse, at {level(whole.alpha)} "
            f"confidence over all of them{reach} (n = {found.n})."
        )
    said = (
        f"Which condition is best is undecided (n = {found.n}): {listed(names)} may each be, because none of them is "
        "shown to be worse than the one with the best mean."
    )
    if whole.control in best_set:
        said += " The control is one of them, so it is not shown that anything is gained by leaving it."
    return said


def _best_by_typical(whole: Comparison) -> str | None:
    """Return the best of the others by the typical difference, where that leads; None where it does not."""
    known = {
        each.condition: each.headline.estimate
        for each in whole.judged
        if each.headline.estimand == TYPICAL and each.headline.estimate is not None
    }
    if not known:
        return None
    best = (min if whole.direction == LOWER else max)(known, key=known.__getitem__)
    return (
        f"By the typical difference, which leads, the best of the others is {quoted(best)}: "
        f"{_tell(unit_of(whole.metric), known[best], whole)} against {quoted(whole.control)}. What follows is of means."
    )


def _gains(found: Selection, whole: Comparison) -> list[str]:
    """Return how the choice among the others differs from the control: by validation, cross-fitted, as it looks."""
    unit, control = unit_of(whole.metric), quoted(whole.control)
    crossfit, optimism = found.crossfit_difference, found.optimism
    assert crossfit is not None
    assert optimism is not None
    looks = crossfit - optimism if whole.direction == LOWER else crossfit + optimism
    chosen, said = found.chosen_on_validation, []
    if chosen is None:
        said.append(f"No validation accuracy was measured, so no choice is independent of the test {whole.example}s.")
    else:
        difference = unit.tell_difference(found.test_difference_of_chosen, whole.margin)
        leads = (found.validation_difference_of_chosen or 0.0) > 0
        rank = "is best" if leads else f"is the best of the others, but not better than the control {control}"
        said.append(
            f"By mean validation accuracy {quoted(chosen)} {rank}. Its difference in {unit.name} to {control} is "
            f"{difference} {unit.difference}. The choice is independent of the test {whole.example}s, though not of "
            "the seeds."
        )
    said.append(
        "Cross-fitted, that is chosen by the mean over all seeds except one and measured at that one, the best "
        f"condition differs from {control} by {_tell(unit, crossfit, whole)}. The choice is independent of the seed "
        f"measured, though not of the test {whole.example}s."
    )
    better = f"{unit.tell_difference(optimism).removeprefix('+')} {unit.difference}".rstrip()
    beyond = f", {better} better than cross-fitted" if optimism > 0 else ""
    said.append(
        f"Chosen and measured on the same seeds and {whole.example}s, its difference is {_tell(unit, looks, whole)}"
        f"{beyond}. This number is optimistic by construction and is not to be reported."
    )
    return said


def _tell(unit: Unit, number: float, whole: Comparison) -> str:
    return f"{unit.tell_difference(number, whole.margin)} {unit.difference}".rstrip()


def _reach(found: Selection) -> str:
    return (
        f"These are mean differences at the {count(found.n, 'seed')} at which every condition trained, so collapses "
        "do not count. They have no intervals; the differences to the control have."
    )
