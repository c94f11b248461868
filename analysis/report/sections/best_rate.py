"""The best rate: how the metric follows the rate, and what choosing the best condition is worth."""

from __future__ import annotations

from analysis.answer.comparison import Comparison
from analysis.figures import dose_response as figure
from analysis.methods.selection import Selection
from analysis.methods.verdict import ROUGH
from analysis.report.document import Block, Illustration, Item, Listing, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording.number_format import level
from analysis.wording.phrases import count, listed
from analysis.wording.sentences import quoted
from analysis.wording.units import Unit, unit_of
from bench.schema.known_metrics import LOWER

TITLE = "The best rate"


def section(material: Material, pool: Pool) -> Section | None:
    """Return the curve over the rates, and the best condition as honestly as the data allow."""
    whole = pool.primary
    found = whole.selection
    if found is None:
        return None
    why = figure.missing(pool.evidence)
    blocks: list[Block] = [Paragraph(why) if why is not None else Illustration(figure.PLOT, pool.evidence)]
    if found.n < ROUGH:
        said = f"Every condition trained at {count(found.n, 'seed')}: too few to say which one is best."
        return Section(TITLE, (*blocks, Paragraph(said)))
    blocks.append(Paragraph(_best(found, whole)))
    blocks.append(Listing(tuple(Item(said) for said in _gains(found, whole))))
    blocks.append(Paragraph(_reach(found), "note"))
    return Section(TITLE, tuple(blocks))


def _best(found: Selection, whole: Comparison) -> str:
    """Return the set that the data cannot tell apart from the best."""
    best_set = found.best_set or ()
    names = [quoted(each) for each in best_set]
    if len(names) == 1:
        return (
            f"{names[0]} has the best mean, and every other condition was shown to be worse than it, at "
            f"{level(whole.alpha)} confidence over all of them (n = {found.n})."
        )
    said = (
        f"Which condition is best is not known: {listed(names)} are the one with the best mean and those not shown to "
        f"be worse than it (n = {found.n}). "
    )
    if whole.control in best_set:
        said += f"The control {quoted(whole.control)} is among them. "
    return said + "To be among them is no sign of being equally good."


def _gains(found: Selection, whole: Comparison) -> list[str]:
    """Return what the choice among the others gains over the control: by validation, cross-fitted, as it looks."""
    unit, control = unit_of(whole.metric), quoted(whole.control)
    crossfit, optimism = found.crossfit_difference, found.optimism
    assert crossfit is not None
    assert optimism is not None
    looks = crossfit - optimism if whole.direction == LOWER else crossfit + optimism
    chosen, said = found.chosen_on_validation, []
    if chosen is None:
        said.append("No validation accuracy was measured: nothing could be chosen without looking at the test images.")
    else:
        difference = unit.tell_difference(found.test_difference_of_chosen, whole.margin)
        leads = (found.validation_difference_of_chosen or 0.0) > 0
        rank = (
            "is best" if leads else f"is the best except for the control {control}, which there is no reason to leave"
        )
        said.append(
            f"By mean validation accuracy {quoted(chosen)} {rank}. Its difference to {control} in {unit.name} is "
            f"{difference} {unit.difference}. The test images did not enter that choice, but the seeds are the same."
        )
    said.append(
        f"Chosen by the mean over all seeds but one, and measured at the one left out: {_tell(unit, crossfit, whole)} "
        f"against {control}. Here the seed that is measured did not enter the choice, but the test images are the same."
    )
    direction = "flatters itself by" if optimism > 0 else "does not flatter itself: it is off by"
    said.append(
        f"The best mean as it stands, chosen and measured on the same seeds and images, shows "
        f"{_tell(unit, looks, whole)}. Next to the choice above, it {direction} {_tell(unit, optimism, whole)}. Do not "
        "report it as what the best condition gains."
    )
    return said


def _tell(unit: Unit, number: float, whole: Comparison) -> str:
    return f"{unit.tell_difference(number, whole.margin)} {unit.difference}".rstrip()


def _reach(found: Selection) -> str:
    return (
        f"These differences are taken at the {count(found.n, 'seed')} at which every condition trained: how often a "
        "condition collapses does not count against it here. They have no intervals; those of each condition are in "
        "the differences to the control."
    )
