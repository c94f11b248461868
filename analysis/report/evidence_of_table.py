"""From a table and its comparisons to what figures are drawn from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.answer.compare import family_of
from analysis.answer.comparison import Comparison
from analysis.answer.power_curves import power_curves
from analysis.answer.sequences import sequences
from analysis.answer.variance import variance_by_source
from analysis.factorial import of_study
from analysis.factorial.worth_by_level import paired_effects
from analysis.figures.evidence import Broken, Evidence, Mean, Setting, Trial
from analysis.methods.activations import activations
from analysis.methods.gap_split import GapSplit, gap_splits
from analysis.methods.paired_t import half_width
from analysis.methods.self_check import self_check
from analysis.methods.survival import survival
from analysis.report.curves import drawn_curves, followed, read_curves, recorded
from analysis.report.varied_settings import varied_settings
from analysis.tables.metric import measure
from analysis.tables.plan import PlannedAnalysis
from analysis.tables.table import Table

MEANS_LEVEL = 0.95


def evidence_of(table: Table, planned: PlannedAnalysis, comparisons: Mapping[str, Comparison]) -> Evidence:
    """Return what figures are drawn from.

    Parameters
    ----------
    table : Table
        Curves are those in its rows, and those in the folder that it was read from.
    planned : PlannedAnalysis
        The question: control, primary metric, margins, alpha.
    comparisons : mapping of metric to Comparison
        The primary metric first.

    Notes
    -----
    Of splits of one data set there are trials, curves and comparisons: all else takes seeds, which are independent.
    """
    varied = varied_settings(table, frozenset(comparisons))
    settings = tuple(
        Setting(
            label=label,
            rates=_rates(table, label),
            is_control=label == planned.control,
            stays_at_chance=label in table.stays_at_chance,
            varied=tuple((name, values[label]) for name, values in varied.items()),
        )
        for label in table.conditions
    )
    trials = _trials(table, list(comparisons))
    curves = read_curves(table.source, table.curves, _with_ids(table, trials))
    trained = [each.label for each in settings if not each.stays_at_chance]
    family = family_of(table, planned.primary, planned.control, alpha=planned.alpha)
    complete = [each.complete for each in family]
    known = Evidence(
        settings=settings,
        trials=tuple(trials.values()),
        curves=drawn_curves(curves),
        means={metric: _means(whole) for metric, whole in comparisons.items()},
        broken={each.label: _broken(tuple(trials.values()), each.label, planned.control) for each in settings},
        comparisons=comparisons,
    )
    if not next(iter(comparisons.values())).unit.independent:
        return known
    return replace(
        known,
        sequences=sequences(complete, planned.alpha, estimand=planned.estimand),
        self_check=self_check(complete, planned.alpha, [each.every for each in family]),
        variance=variance_by_source(table, planned.primary, planned.alpha),
        gap_splits=_gap_splits(comparisons, planned.alpha),
        factorial=of_study(table, planned.primary, **planned.told(planned.primary)),
        survival=survival(followed(curves, table.chance), trained, planned.control, planned.alpha),
        activations=activations(
            recorded(curves),
            {each.label: each.rates for each in settings if not each.stays_at_chance},
            planned.control,
            planned.alpha,
        ),
        paired_effects=paired_effects(table, planned.primary, planned.control, planned.alpha),
        power=power_curves(known.primary),
    )


def _gap_splits(comparisons: Mapping[str, Comparison], alpha: float) -> list[GapSplit]:
    running, clean = comparisons.get("running_gap"), comparisons.get("generalisation_gap")
    if running is None or clean is None:
        return []
    of_running, of_clean = (
        {label: each.differences for label, each in whole.effects.items()} for whole in (running, clean)
    )
    return gap_splits(of_running, of_clean, alpha)


def _trials(table: Table, metrics: list[str]) -> dict[tuple[str, int], Trial]:
    """Return every trial that ended by condition and seed, with its metrics."""
    frame = table.frame
    keys = list(zip(frame["condition"].tolist(), frame["seed"].tolist(), strict=True))
    values: dict[tuple[str, int], dict[str, float]] = {key: {} for key in keys}
    for metric in metrics:
        for condition, arm in measure(table, metric).arms.items():
            for seed, value in zip(arm.seeds.tolist(), arm.value.tolist(), strict=True):
                if math.isfinite(value):
                    values[condition, seed][metric] = value
    diverged = dict(zip(keys, frame["diverged"].tolist(), strict=True))
    return {key: Trial(*key, diverged[key], values[key]) for key in keys}


def _with_ids(table: Table, trials: Mapping[tuple[str, int], Trial]) -> list[tuple[str, Trial]]:
    if "trial_id" not in table.frame.columns:
        return []
    return list(zip(table.frame["trial_id"].tolist(), trials.values(), strict=True))


def _rates(table: Table, label: str) -> tuple[float, ...]:
    """Return the dropout rate of each layer as the plan has it, else as the table has it; empty where neither does.

    Own training code may call anything dropout: what is no number is no rate.
    """
    planned = () if table.plan is None else table.plan.conditions
    for each in planned:
        given = each.settings.get("dropout") if each.label == label else None
        if given is not None:
            return _numbers(given if isinstance(given, list) else [given])
    rows = table.rows_of(label).to_dict("records")[:1]
    return _numbers([row[name] for row in rows for name in row if f"{name}_".startswith("dropout_")])


def _numbers(values: Sequence[object]) -> tuple[float, ...]:
    return tuple(float(each) for each in values if isinstance(each, int | float))


def _means(whole: Comparison) -> tuple[Mean, ...]:
    """Return each condition's mean with its own t interval, from the summaries of a comparison object."""
    found = []
    for each in whole.conditions.values():
        low = high = None
        if each.n > 1 and each.mean is not None and each.sd is not None:
            reach = half_width(MEANS_LEVEL, each.n - 1) * each.sd / each.n**0.5
            low, high = each.mean - reach, each.mean + reach
        found.append(Mean(each.condition, each.n, each.mean, low, high))
    return tuple(found)


def _broken(trials: Sequence[Trial], label: str, control: str) -> Broken:
    own, other = ({each.seed: each.diverged for each in trials if each.condition == name} for name in (label, control))
    pairs = [] if label == control else [(own[seed], other[seed]) for seed in own.keys() & other.keys()]
    return Broken(
        condition=label,
        n=len(own),
        diverged=sum(own.values()),
        alone=pairs.count((True, False)),
        control_alone=pairs.count((False, True)),
        both=pairs.count((True, True)),
    )
