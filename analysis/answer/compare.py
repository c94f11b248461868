"""Every condition against the control on one metric: one object that table, figures and sentences are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Unpack

from analysis.answer.all_conditions import across, with_control
from analysis.answer.caveats import caveats
from analysis.answer.comparison import Comparison
from analysis.answer.effect import Compared, Effect, Pair, assembled
from analysis.answer.headline import Headline
from analysis.answer.judgement import judged
from analysis.base.errors import TableError, nearest
from analysis.methods import bad_endings, verdict
from analysis.methods.failure_rates import divergence
from analysis.methods.influence import Influence, fragile_means
from analysis.methods.result import Results
from analysis.methods.summary import summary
from analysis.tables.asking import asked_of
from analysis.tables.images import crossed, images_of
from analysis.tables.metric import Measured, measure, not_positive
from analysis.tables.pairing import SPLITS
from analysis.tables.pairs_by_seed import Arms, arms, log_ratios, worst_of
from analysis.tables.question import LOG_RATIO, RAW, Question, Told
from analysis.tables.seeds import with_names
from analysis.tables.table import Dropped, Table

__all__ = ["Comparison", "compare"]

WITHOUT_LIMITS: Mapping[str, Any] = dict.fromkeys(("rate_low", "rate_high", "p_mcnemar"))
"""What is not known of rates over splits of one data set: exact limits and tests take runs as independent."""


def compare(table: Table, metric: str, control: str, **told: Unpack[Told]) -> Comparison:
    """Compare every condition of `table` with `control` on `metric`.

    Parameters
    ----------
    table : Table
    metric : str
        A column of the table, or a metric that its counts make up.
    control : str
        Label of the control.
    margin : float, optional
        Smallest difference that matters, in the metric's own unit (fractions for accuracies).
    alpha : float
        Error rate of each interval, and of the family.
    direction : {"higher", "lower"}, optional
        Which values are better; default: the plan's, else by the metric's name.
    estimand : {"typical", "mean"}, optional
        Which centre of the differences leads; default: the plan's, else the typical difference.
    bad_ending : float, optional
        By how much a run may end worse than the median of its condition; default: the plan's, else 0.05 for
        accuracies and no such rule for other metrics.
    test_fraction : float, optional
        Share of the examples that each split holds out, where the blocks are folds or random splits of one data set:
        the mean then leads, with the corrected resampled t test.

    Raises
    ------
    TableError
        An unknown metric or control, cells that are no numbers, infinite values, numbers out of range.
    """
    return compared(table, asked_of(table, metric, control, told))[0]


def compared(table: Table, asked: Question) -> tuple[Comparison, Mapping[str, Arms]]:
    """Return the comparison, and the pairs of each condition that it rests on; the errors of `compare`."""
    if asked.test_fraction is not None:
        table = replace(table, unit=SPLITS)
    metric, control, exempt = asked.metric, asked.control, table.stays_at_chance
    measured = _check(table, asked)
    against = {label: paired(table, measured, label, control, asked) for label in table.conditions if label != control}
    images = images_of(table, metric) if asked.scale == RAW and table.unit.independent else None
    in_groups = images is not None and images.groups is not None
    images, grouped = crossed(images, max((each.complete.n for each in against.values()), default=0))
    found, warnings = judged(Effect, against, asked, exempt, images, table.seeds_of(control))
    warnings = [*grouped, *warnings]
    together = across(table, measured, asked)
    better = [label for label, each in found.items() if each[Headline].verdict in verdict.BENEFITS]
    endings = bad_endings.bad_endings(measured, asked, exempt)
    failed = {
        label: divergence(measured, label, against.get(label), asked, label in exempt) for label in table.conditions
    }
    if not table.unit.independent:
        endings = {label: replace(each, **WITHOUT_LIMITS, p_holm=None) for label, each in endings.items()}
        failed = {label: replace(each, **WITHOUT_LIMITS) for label, each in failed.items()}
    warnings = [*warnings, *bad_endings.notes(endings, metric, asked.bad_ending)]
    names = table.seed_names
    hangs = {label: with_names(each[Influence], names) for label, each in found.items() if label not in exempt}
    warnings += fragile_means(hangs, {label: each.complete for label, each in against.items()}, metric, asked.scale)
    notes = [*table.warnings, *measured.warnings, *caveats(table, asked, against), *warnings]
    whole = Comparison(
        metric=metric,
        control=control,
        example=table.example,
        in_groups=in_groups,
        unit=table.unit,
        test_fraction=asked.test_fraction,
        alpha=asked.alpha,
        margin=asked.margin,
        bad_ending=asked.bad_ending,
        direction=asked.direction,
        role=_role(table, metric),
        n_seeds=len(table.seeds),
        dropped=(*table.dropped, *measured.dropped, *_unpaired(against, metric)),
        warnings=tuple(dict.fromkeys([*notes, *together.warnings])),
        omnibus=together.omnibus,
        dose_response=together.dose_response,
        selection=with_control(together.selection, control, better),
        effects={label: _effect(asked, found[label], against[label], label in exempt) for label in against},
        divergence=failed,
        bad_endings=endings,
        conditions={label: summary(measured, label, label in exempt) for label in table.conditions},
    )
    return with_names(whole, names), against


def paired(table: Table, measured: Measured, condition: str, other: str, asked: Question) -> Arms:
    """Return one condition against another, by seed, on the scale of the question."""
    if asked.scale == LOG_RATIO:
        return log_ratios(measured, condition, other).by(table.unit)
    worst = worst_of(asked.metric, asked.lower_is_better)
    return arms(measured, condition, other, table.chance, worst).by(table.unit)


def family_of(table: Table, metric: str, control: str, **told: Unpack[Told]) -> list[Arms]:
    """Return every condition but the negative controls against the control, as `compare` takes them."""
    asked = asked_of(table, metric, control, told)
    measured = _check(table, asked)
    family = [label for label in table.conditions if label != control and label not in table.stays_at_chance]
    return [paired(table, measured, label, control, asked) for label in family]


def _check(table: Table, asked: Question) -> Measured:
    """Return the metric, or raise with the faults of question and metric together."""
    faults = asked.faults()
    if asked.control not in table.conditions:
        faults.append(
            f"there is no condition {asked.control!r} to be the control{nearest(asked.control, table.conditions)}"
        )
    try:
        measured = measure(table, asked.metric)
        if asked.scale == LOG_RATIO:
            faults += not_positive(measured, table.seed_names)
    except TableError as error:
        raise TableError(table.source, [*faults, *error.faults]) from error
    if faults:
        raise TableError(table.source, faults)
    return measured


def _effect(asked: Question, found: Results, arms: Arms, exempt: bool) -> Effect:
    """Return what one condition shows."""
    pairs = arms.complete
    compared = Compared(
        condition=pairs.condition,
        control=asked.control,
        metric=asked.metric,
        direction=asked.direction,
        alpha=asked.alpha,
        margin=asked.margin,
        stays_at_chance=exempt,
        n_pairs=pairs.n,
        seeds_lost=arms.seeds_lost,
        n_lost_to_divergence=len(arms.diverged),
    )
    by_seed = zip(pairs.seeds, pairs.treated, pairs.untreated, pairs.differences, strict=True)
    values = tuple(
        Pair(seed=int(seed), control=float(b), condition=float(a), difference=float(d) / pairs.scale)
        for seed, a, b, d in by_seed
    )
    return assembled(Effect, compared, found, headline=found[Headline], pairs=values)


def _unpaired(against: Mapping[str, Arms], metric: str) -> Iterator[Dropped]:
    """Yield what pairing left out: trials whose partner is missing, and pairs in which one diverged."""
    for label, each in against.items():
        for arm, seeds in ((label, each.condition_alone), (each.complete.control, each.control_alone)):
            other = each.complete.control if arm == label else label
            if seeds:
                yield Dropped(arm, seeds, f"no partner: {other!r} has no {metric} at this seed")
        if each.diverged:
            reason = f"not in the complete pairs with {each.complete.control!r}: one of the pair diverged, or both"
            yield Dropped(label, each.diverged, reason)


def _role(table: Table, metric: str) -> str | None:
    if table.analysis is None:
        return None
    return "primary" if metric == table.analysis.primary else "secondary"
