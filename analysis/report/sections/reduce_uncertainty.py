"""What would reduce the uncertainty: seeds or test examples, and how many."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect, Judged
from analysis.answer.out_of_reach import POWER, SIZE_OPEN, helped_by, limit_of, report_design
from analysis.answer.sample_size import ConditionPlan, of_condition
from analysis.figures import floor_meter, power_curves
from analysis.methods.power import UPPER, Design
from analysis.methods.two_way_interval import IMAGES, MORE_IMAGES, SEEDS
from analysis.methods.verdict import ROUGH
from analysis.report.document import Column, Grid, Illustration, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording.number_format import NOTHING, exact
from analysis.wording.phrases import listed, quoted
from analysis.wording.resampling import NAMES
from analysis.wording.units import Unit, unit_of
from analysis.wording.verdicts import pairs_of

TITLE = "What would reduce the uncertainty"
MANY = 3
"""Conditions that are counted where all of them are meant."""


def section(material: Material, pool: Pool) -> Section | None:
    """Return the figure of standard errors, the plan for a next study, and in words whether seeds or examples help."""
    whole = pool.primary
    if not whole.judged:
        return None
    known = [each for each in whole.judged if each.n_pairs >= 2]
    if not known:
        return Section(TITLE, (Paragraph("Seeds: no condition has two complete pairs yet."),))
    why = floor_meter.missing(pool.evidence)
    shown = Paragraph(why) if why is not None else Illustration(floor_meter.PLOT, pool.evidence)
    blocks = [Paragraph(said) for said in what_would_help(known, len(whole.judged), whole.drawn)]
    rough = [each for each in known if each.n_pairs < ROUGH]
    if rough:
        blocks.append(Paragraph(f"With fewer than {ROUGH} pairs these numbers are hardly more than guesses.", "note"))
    curves = power_curves.missing(pool.evidence) is None
    drawn = (Illustration(power_curves.PLOT, pool.evidence),) if curves else ()
    return Section(TITLE, (*blocks, shown, *drawn, _grid(whole, known)))


def what_would_help(known: Sequence[Judged], family: int, example: str) -> list[str]:
    """Return in sentences whether seeds or test examples would help which condition more.

    Where on these test examples no number of seeds detects the margin, or what is left to it, only that is claimed.
    """
    limits = {each.condition: limit_of(each, family) for each in known}
    never = {label: found for label, found in limits.items() if found is not None}
    said, names = [], {SEEDS: "seeds", IMAGES: f"test {example}s"}
    for what, name in names.items():
        helped = [quoted(each.condition) for each in known if each.surer_by == what and each.condition not in never]
        if helped:
            said.append(
                f"{MORE_IMAGES} times the {name} would reduce the standard error of the mean difference more than "
                f"{MORE_IMAGES} times the {names[IMAGES if what == SEEDS else SEEDS]} for {_which(helped, known)}."
            )
    unknown = [quoted(each.condition) for each in known if each.surer_by is None and each.condition not in never]
    if unknown:
        said.append(f"Whether seeds or test {example}s would help more is not known for {_which(unknown, known)}.")
    power = f"{exact(100 * POWER):g}% power"
    size_open = {each.condition for each in known if each.headline.verdict in SIZE_OPEN}
    for sure, of_size in itertools.product((True, False), (True, False)):
        some = [
            quoted(label) for label, found in never.items() if found.sure == sure and (label in size_open) == of_size
        ]
        if some:
            shown = (
                f"shows with {power} on which side of the margin a true difference like the one seen lies"
                if of_size
                else f"detects with {power} a true difference of the margin"
            )
            said.append(
                f"The test set {'sets' if sure else 'may set'} the limit for {_which(some, known)}: with as many test "
                f"{example}s no number of seeds {shown}, {'not even' if sure else 'though some number does'} at the "
                "lower limit of the standard error from the test set."
            )
    return said


def _which(names: Sequence[str], known: Sequence[Judged]) -> str:
    """Return conditions by name; all of them by their number."""
    return listed(names) if len(names) < len(known) or len(names) < MANY else f"all {len(names)} conditions"


def what_is_found(known: Sequence[Judged], family: int, example: str) -> str:
    """Return in a sentence which true difference the seeds at hand would find, and which seeds the margin needs.

    Parameters
    ----------
    known : sequence of Effect or Contrast
        With a standard deviation; one at least.
    family : int
        How many are judged together.
    """
    unit, margin = unit_of(known[0].metric), known[0].margin
    design = report_design(known[0], family)
    least = {each.condition: of_condition(each, design, None, pairs_of(each)).detectable_difference for each in known}
    found = {label: difference for label, difference in least.items() if difference is not None}
    if not found:
        return ""
    known = [each for each in known if each.condition in found]
    said = (
        f"With {exact(100 * POWER):g}% power, at the spread seen and with as many test {example}s, the seeds at hand "
        f"find a true {NAMES[design.estimand]} of {_span(found, unit.tell)} {unit.difference}".rstrip()
    )
    if margin is None:
        return f"{said}."
    plans = {each.condition: of_condition(each, design, margin, None) for each in known}
    needed = {label: plan.n for label, plan in plans.items() if plan.n is not None}
    never = {label: plan for label, plan in plans.items() if label not in needed}
    wanted = f"one of {unit.margin_with_unit(margin)}"
    more = [f"{wanted} takes {_span(needed, '{:,}'.format)} seeds"] if needed else []
    asked = "it" if needed else wanted
    more += _too_few(
        never,
        f"no number of seeds finds {asked} for {{}}: these test {example}s are too few",
        f"perhaps no number of seeds finds {asked} for {{}}: these test {example}s may be too few",
    )
    return f"{said}; {'; '.join(more)}."


def what_shows_the_size(known: Sequence[Judged], family: int, example: str) -> str:
    """Return in a sentence which seeds would show on which side of the margin differences lie whose sign is known.

    Parameters
    ----------
    known : sequence of Effect or Contrast
        With a standard deviation and a margin; one at least.
    family : int
        How many are judged together.
    """
    design = report_design(known[0], family)
    needed, never = {}, {}
    for each in known:
        assert each.headline.estimate is not None
        assert each.margin is not None
        beyond = abs(abs(each.headline.estimate) - each.margin)
        plan = of_condition(each, design, beyond, None)
        if plan.n is None:
            never[each.condition] = plan
        else:
            needed[each.condition] = plan.n
    said = (
        f"At the spread seen and with as many test {example}s, were the true {NAMES[design.estimand]} the one seen, "
        f"{exact(100 * POWER):g}% power to show on which side of the margin "
    )
    more = [f"it lies takes {_span(needed, '{:,}'.format)} seeds"] if needed else []
    lies = "" if needed else "it lies "
    more += _too_few(
        never,
        f"{lies}is out of reach of seeds with as many test {example}s for {{}}",
        f"{lies}may be out of reach of seeds with as many test {example}s for {{}}",
    )
    return f"{said}{'; it '.join(more)}."


def _too_few(labels: Mapping[str, ConditionPlan], sure: str, unsure: str) -> list[str]:
    """Return what is claimed of conditions out of reach: where the lower limit of the error says so, and elsewhere."""
    said = []
    for claim, certain in ((sure, True), (unsure, False)):
        names = [quoted(label) for label, plan in labels.items() if (plan.out_of_reach_surely is not False) == certain]
        if names:
            said.append(claim.format(listed(names)))
    return said


def _span(values: Mapping[str, float], tell: Callable[[float], str]) -> str:
    """Return the least and the greatest value, with what has it."""
    low, high = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
    first, last = (f"{tell(values[each])} ({quoted(each)})" for each in (low, high))
    return tell(values[low]) if len(values) == 1 else f"{first} to {last}"


def _grid(whole: Comparison, known: list[Effect]) -> Grid:
    unit, design = unit_of(whole.metric), report_design(known[0], len(whole.judged))
    plans = [None if whole.margin is None else of_condition(each, design, whole.margin, None) for each in known]
    columns = (
        Column("condition", numeric=False),
        Column("more of", numeric=False),
        Column("pairs"),
        Column("SE over seeds", unit.difference),
        Column(f"SE over seeds and {whole.drawn}s", unit.difference),
        Column("SE from the test set", unit.difference),
        Column("seeds that halve the SE"),
        Column("detectable now", unit.difference),
        *([] if whole.margin is None else [Column("to detect the margin")]),
    )
    return Grid(
        name="surer",
        caption=_caption(whole, unit, design),
        columns=columns,
        rows=tuple(_row(each, plan, design, unit, whole) for each, plan in zip(known, plans, strict=True)),
        compact=True,
        data=tuple(plan or {"condition": each.condition} for each, plan in zip(known, plans, strict=True)),
    )


def _row(each: Effect, plan: ConditionPlan | None, design: Design, unit: Unit, whole: Comparison) -> tuple[str, ...]:
    least = of_condition(each, design, None, pairs_of(each)).detectable_difference
    now = NOTHING if least is None else unit.tell(least)
    halve = f"{each.seeds_to_halve:,}" if each.seeds_to_halve else NOTHING
    if each.se_crossed is not None and not each.seeds_to_halve:
        halve = "none does"
    return (
        each.condition,
        {SEEDS: "seeds", IMAGES: f"test {whole.drawn}s", None: NOTHING}[helped_by(each, design.comparisons)],
        str(each.n_pairs),
        *(floor_meter.tell(unit, error) for error in (each.standard_error, each.se_crossed, each.test_set_floor)),
        halve,
        now,
        *(() if plan is None else (_planned(plan, whole.example),)),
    )


def _planned(plan: ConditionPlan, example: str) -> str:
    """Return what a study to come needs: seeds, at the standard deviation seen and at its upper limit, or examples."""
    if plan.why:
        return NOTHING
    if plan.test_images_needed is not None:
        few = "" if plan.out_of_reach_surely else "perhaps "
        return f"{few}{plan.test_images_needed:,} test {example}s"
    return f"{_seeds(plan.n)} (at most {_seeds(plan.n_upper)}) seeds"


def _seeds(number: int | None) -> str:
    return "over 10 million" if number is None else f"{number:,}"


def _caption(whole: Comparison, unit: Unit, design: Design) -> str:
    said = (
        "Standard error (SE) of the mean difference, over new seeds on this test set and over new seeds and new test "
        f"{whole.drawn}s. On this test set no number of seeds brings it below the SE from the test set."
    )
    power = f"{exact(100 * POWER):g}% power"
    said += f" Detectable now: the true {NAMES[design.estimand]} that as many seeds find with {power}."
    if whole.margin is None:
        return said + " No margin was set, so there is no difference to plan for."
    like = "" if whole.drawn == whole.example else ", in groups like these"
    return said + (
        f" Last column: the seeds with which a new study of these conditions detects a true {NAMES[design.estimand]} "
        f"of {unit.margin_with_unit(whole.margin)} with {power}, at the spread "
        f"of this one (at most: at its upper {exact(100 * UPPER):g}% limit). Where no number of seeds "
        f"would, the test {whole.example}s that it takes instead{like}; perhaps, where the interval of the SE from the "
        "test set leaves that open."
    )
