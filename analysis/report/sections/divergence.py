"""Trials that collapsed or diverged: an outcome of its own, never dropped in silence."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.answer.comparison import Comparison
from analysis.figures import survival as figure
from analysis.methods.failure_rates import Divergence
from analysis.methods.survival import ConditionCurve, Survival
from analysis.methods.verdict import ROUGH
from analysis.report.document import Block, Column, Grid, Illustration, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.tables.divergence import collapses_not_known
from analysis.tables.table import Table
from analysis.wording import failures, phrases
from analysis.wording.number_format import NOTHING, level, p_value, probability
from analysis.wording.phrases import listed
from analysis.wording.units import Unit, plain, share_limits, unit_of
from bench.schema import CHANCE_TOLERANCE

TITLE = "Collapsed and diverged trials"
NOT_KNOWN = "Which trials diverged is not known: no loss, no test accuracy and no status of the table says it."


def section(material: Material, pool: Pool) -> Section:
    """Return how many trials of each condition diverged, with exact limits, and what that does to the means."""
    rates = pool.primary.divergence.values()
    why = collapses_not_known(pool.primary.warnings)
    if why is not None and not any(each.n_diverged for each in rates):
        return Section(TITLE, (Paragraph(f"{why[0].upper()}{why[1:]}."),))
    if _is_not_known(pool.primary):
        return Section(TITLE, how_many(pool))
    fixed = "" if material.plan is None else " The rule was fixed before the data."
    rule = (
        f"A trial diverged where {_rule(pool.table)}.{fixed} In a typical difference a diverged trial counts at what "
        "it reached; means are given that both trials of a pair trained."
    )
    none = failures.no_failure(rates)
    found = (Paragraph(f"{none} {_exempt(pool.primary)}".strip()),) if none else how_many(pool)
    return Section(TITLE, (Paragraph(rule), *found))


def _rule(table: Table) -> str:
    """Return when a trial counts as diverged; accuracies are held to chance level where that is known."""
    said = "a loss is not a finite number"
    if table.plan is None:
        said = "a loss is not a finite number, or the table says so"
    elif table.of_own_code:
        said = "a loss or the primary metric is not a finite number, or its training code says so"
    if table.chance is None:
        return said
    least = f"{100 * CHANCE_TOLERANCE:g} points (here {100 * (table.chance + CHANCE_TOLERANCE):g}%)"
    return f"{said}, or where test accuracy at the end is at most chance level plus {least}"


def how_many(pool: Pool) -> tuple[Block, ...]:
    """Return how many trials of each condition diverged, what that does to the means, and when they did."""
    whole = pool.primary
    entries = [each for each in whole.divergence.values() if not each.stays_at_chance]
    broke = [failures.failure(each) for each in entries if each.n_diverged]
    found = f"Diverged: {listed(broke)}." if broke else "No trial diverged; the limits below say how often it might."
    if _is_not_known(whole):
        return (Paragraph(f"{NOT_KNOWN} {_exempt(whole)}".strip()),)
    return Paragraph(f"{found} {_exempt(whole)}".strip()), _grid(whole, entries), *(_when(pool) if broke else ())


def _is_not_known(whole: Comparison) -> bool:
    """Return whether nothing says of any trial whether it diverged."""
    entries = [each for each in whole.divergence.values() if not each.stays_at_chance]
    return bool(entries) and all(each.n_diverged is None for each in entries)


def _exempt(whole: Comparison) -> str:
    """Return which conditions are not counted."""
    names = [phrases.quoted(each.condition) for each in whole.divergence.values() if each.stays_at_chance]
    return f"Negative control, not counted: {listed(names)}." if names else ""


def _when(pool: Pool) -> tuple[Block, ...]:
    """Return when trials collapsed: the curves, the comparison with the control within seeds, and the table."""
    seen, why = pool.evidence.survival, figure.missing(pool.evidence)
    if seen is None or why is not None:
        return (Paragraph(str(why)),)
    grid = _survival(seen)
    return Illustration(figure.PLOT, pool.evidence), Paragraph(_in_pairs(seen)), grid


def _in_pairs(seen: Survival) -> str:
    """Return what the curves say of each condition against the control, in pairs."""
    said = f"{seen.note}, adjusted over conditions by Holm."
    told, untested = [], []
    for each in seen.curves:
        if each.condition == seen.control:
            continue
        name, p, n = phrases.quoted(each.condition), each.p_log_rank_holm, each.n_pairs
        if p is None or n is None or n < ROUGH:
            untested.append(name)
        else:
            told.append(f"{name} {p_value(p)} (n = {n})")
    if told:
        said += f" When and whether trials collapse, against {phrases.quoted(seen.control)}: {'; '.join(told)}."
    if untested:
        said += f" Cannot be tested, for too few seeds or because no pair differs: {listed(untested)}."
    return f"{said} Few collapses decide little: a large p is no sign that conditions collapse alike."


def _survival(seen: Survival) -> Grid:
    return Grid(
        name="survival",
        compact=True,
        caption=(
            "Collapses by epoch: the share that still trains at the last epoch (Kaplan and Meier) with its pointwise "
            "interval, and the log-rank scores compared with the control’s within seeds."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("collapsed", "of trials"),
            Column("first collapse", "epoch"),
            Column("still train", "%"),
            Column(f"{level(seen.alpha)} interval", "%"),
            Column("pairs"),
            Column("p, log-rank in pairs"),
            Column("p, Holm"),
        ),
        rows=tuple(_still(each) for each in seen.curves),
        data=tuple(
            {
                "condition": each.condition,
                "epoch": epoch,
                "survival": alive,
                "low": low,
                "high": high,
                "at_risk": left,
            }
            for each in seen.curves
            for epoch, alive, low, high, left in zip(
                each.epochs, each.survival, each.low, each.high, each.at_risk, strict=True
            )
        ),
    )


def _still(each: ConditionCurve) -> tuple[str, ...]:
    falls = [epoch for epoch, alive in zip(each.epochs, each.survival, strict=True) if alive < 1]
    low, high = (each.low or (None,))[-1], (each.high or (None,))[-1]
    return (
        each.condition,
        f"{each.collapsed} of {each.n}",
        str(falls[0]) if falls else NOTHING,
        plain(100 * each.survival[-1], 1) if each.n else NOTHING,
        share_limits(low, high),
        NOTHING if each.n_pairs is None else str(each.n_pairs),
        *(NOTHING if (each.n_pairs or 0) < ROUGH else probability(p) for p in (each.p_log_rank, each.p_log_rank_holm)),
    )


def _grid(whole: Comparison, entries: Sequence[Divergence]) -> Grid:
    unit = unit_of(whole.metric)
    columns = (
        Column("condition", numeric=False),
        Column("diverged", "of trials"),
        Column(f"{level(whole.alpha)} limits, exact", "%"),
        Column("p, McNemar"),
        Column("difference given both trained", unit.difference),
        Column("difference, all trials", unit.difference),
    )
    return Grid(
        name="divergence",
        compact=True,
        caption=(
            f"Diverged trials, and the mean difference in {unit.name} to {phrases.quoted(whole.control)}: given that "
            "both trials of a pair trained, and over all trials, diverged ones scored at what they reached. No "
            "verdict rests on the last column alone."
        ),
        columns=columns,
        rows=tuple(_row(each, unit, whole.margin) for each in entries),
        data=tuple(each.to_json() for each in whole.divergence.values()),
    )


def _row(each: Divergence, unit: Unit, margin: float | None) -> tuple[str, ...]:
    return (
        each.condition,
        "not known" if each.n_diverged is None else f"{each.n_diverged} of {each.n}",
        share_limits(each.rate_low, each.rate_high),
        NOTHING if each.n < ROUGH else probability(each.p_mcnemar),
        unit.tell_difference(each.complete_pairs_mean_difference, margin),
        unit.tell_difference(each.intention_mean_difference, margin),
    )
