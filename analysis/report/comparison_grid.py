"""A comparison object as a table: one row per condition, the control first."""

from __future__ import annotations

from typing import Any

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect, Judged
from analysis.figures.evidence import Evidence
from analysis.methods.summary import Summary
from analysis.methods.verdict import INCONCLUSIVE
from analysis.report.document import Column, Grid
from analysis.wording.differences import ESTIMANDS, over_seeds
from analysis.wording.number_format import NOTHING, level, probability
from analysis.wording.phrases import holding, quoted
from analysis.wording.sentences import means_of_one_run, what_one_run_is
from analysis.wording.units import Unit, signed, unit_of
from analysis.wording.verdicts import better, pairs_of, short, tone

COLUMNS = (
    "Difference: {difference}; it need not be that of the means, which a few bad runs can move. p: the smallest error "
    "rate at which the interval excludes zero. dz: mean difference by its standard deviation. Means and dz: over the "
    "pairs in which both trained. "
)
OF_ONE_RUN = "Difference: {difference}. p: the smallest error rate at which the interval excludes zero. "
NOTE = "*"
"""Refers to the reason below a verdict that two ways of counting diverged trials leave undecided."""


def comparison_grid(whole: Comparison, evidence: Evidence, *, explained: bool = True) -> Grid:
    """Return the table of one metric; its data has every key of every comparison at full precision.

    Where the columns are not `explained`, `columns_of` is to stand above the table.
    """
    unit, told = unit_of(whole.metric), level(whole.alpha)
    columns = (
        Column("condition", numeric=False),
        Column("verdict", numeric=False),
        Column("difference", unit.difference),
        Column(f"{told} interval", unit.difference),
        Column("p"),
        Column("effect", "dz"),
        Column("pairs"),
        Column("mean", unit.value),
        Column("control’s mean", unit.value),
    )
    return Grid(
        name=f"comparisons-{whole.metric}",
        caption=_caption(whole, unit, explained),
        columns=columns,
        rows=tuple(_row(each, unit) for each in whole.judged),
        data=tuple(_flat(each) for each in whole.effects.values()),
        tones=tuple(tone(each) for each in whole.judged),
        compact=True,
    )


def columns_of(whole: Comparison) -> str:
    """Return what the columns are."""
    of_one_run = what_one_run_is(whole)
    if not of_one_run:
        return COLUMNS.format(difference=ESTIMANDS[whole.estimand])
    means = means_of_one_run(whole)
    return OF_ONE_RUN.format(difference=of_one_run) + (f"{means} " if means else "")


def at_chance_grid(whole: Comparison) -> Grid:
    """Return the negative controls: what they differ by, and their intervals, each of its condition alone."""
    unit = unit_of(whole.metric)
    return Grid(
        name=f"at-chance-{whole.metric}",
        caption=(
            "Negative controls: shown, not tested, in no family; the interval of each holds for that condition alone."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("difference", unit.difference),
            Column(f"{level(whole.alpha)} interval", unit.difference),
            Column("pairs"),
            Column("mean", unit.value),
        ),
        rows=tuple(
            (
                each.condition,
                unit.tell_difference(each.headline.estimate, each.margin),
                headline_interval(each, unit),
                str(pairs_of(each)),
                unit.tell(each.mean_of("condition")),
            )
            for each in whole.effects.values()
            if each.stays_at_chance
        ),
    )


def _row(each: Effect, unit: Unit) -> tuple[str, ...]:
    return (
        each.condition,
        short(each) + (NOTE if _undecided_by_intention(each) else ""),
        unit.tell_difference(each.headline.estimate, each.margin),
        headline_interval(each, unit),
        probability(each.headline.p),
        signed(each.cohen_dz, 2),
        str(pairs_of(each)),
        unit.tell(each.mean_of("condition")),
        unit.tell(each.mean_of("control")),
    )


def _undecided_by_intention(each: Effect) -> bool:
    return each.headline.verdict == INCONCLUSIVE and bool(each.headline.reason)


def headline_interval(each: Judged, unit: Unit) -> str:
    """Return the interval that the verdict rests on in words, an en dash where there is none."""
    return interval(each.headline.low, each.headline.high, each.margin, unit)


def interval_over_seeds(each: Effect, unit: Unit) -> str:
    """Return the simultaneous interval over seeds in words, an en dash where there is none."""
    return interval(*over_seeds(each), each.margin, unit)


def interval(low: float | None, high: float | None, margin: float | None, unit: Unit) -> str:
    """Return an interval of a difference in words, an en dash where there is none."""
    ends = [end for end in (low, high) if end is not None]
    if len(ends) == 2:
        return " to ".join(unit.tell_differences(ends, margin))
    if not ends:
        return NOTHING
    told = unit.tell_differences(ends, margin)[0]
    return f"{told} or more" if high is None else f"{told} or less"


def _caption(whole: Comparison, unit: Unit, explained: bool) -> str:
    margin = "no margin was set: verdicts go by the sign alone"
    if whole.margin is not None:
        margin = f"differences within ±{unit.margin_with_unit(whole.margin)} count as too small to matter"
    said = f"{unit.name.capitalize()} against {quoted(whole.control)}; {better(whole.direction)}; {margin}. "
    told = whole.scopes
    if told:
        said += f"{holding(told, whole.example, 'conditions')} "
        assumed = {each.headline.assumes for each in whole.effects.values()} - {None}
        said += "".join(f"The intervals are those of the mean, assuming {each}. " for each in assumed)
    if explained:
        said += columns_of(whole)
    notes = [
        f" {NOTE} {quoted(each.condition)}: {each.headline.reason}."
        for each in whole.effects.values()
        if _undecided_by_intention(each)
    ]
    return said.rstrip() + "".join(notes)


def _flat(each: Effect) -> dict[str, Any]:
    """Return a comparison without its pairs, lists as words, the headline's keys under their own names."""
    told = {f"headline_{key}": value for key, value in each.headline.to_json().items()}
    return told | {
        key: " ".join(map(str, value)) if isinstance(value, list) else value
        for key, value in each.to_json().items()
        if key not in ("pairs", "headline")
    }


def pairs_data(whole: Comparison) -> tuple[dict[str, Any], ...]:
    """Return every pair of every comparison: condition, seed, both values, difference."""
    return tuple(
        {"condition": each.condition, "control": each.control, "seed": pair.seed}
        | {"control_value": pair.control, "condition_value": pair.condition, "difference": pair.difference}
        for each in whole.effects.values()
        for pair in each.pairs
    )


def summary_grid(whole: Comparison, evidence: Evidence) -> Grid:
    """Return the table of each condition by itself: outcomes are heavy-tailed, so medians stand beside means."""
    unit = unit_of(whole.metric)
    headings = ("mean", "SD", "median", "trimmed mean", "lowest", "highest")
    exempt = {each.label for each in evidence.at_chance}
    told = list(whole.conditions.values())
    return Grid(
        name=f"conditions-{whole.metric}",
        caption=(
            f"{unit.name.capitalize()} of each condition by itself, over the trials that trained; trimmed mean: "
            "without the lowest and highest fifth."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("trials"),
            *(Column(heading, unit.value) for heading in headings),
        ),
        rows=tuple(_summarised(each, unit) for each in told),
        data=tuple(each.to_json() for each in told),
        quiet=frozenset(index for index, each in enumerate(told) if each.condition in exempt),
    )


def _summarised(each: Summary, unit: Unit) -> tuple[str, ...]:
    values = (each.mean, each.sd, each.median, each.trimmed_mean, each.minimum, each.maximum)
    return (each.condition, str(each.n), *map(unit.tell, values))
