"""What a reader must know of a comparison as a whole, beyond the warnings of single methods."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.answer.variance import SOURCES
from analysis.base.errors import listed
from analysis.base.notes import Metric, Note
from analysis.tables.divergence import COLLAPSES_NOT_KNOWN, COLLAPSES_NOT_SEEN, SAID, is_known, test_accuracy
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.question import Question
from analysis.tables.table import Table
from bench.schema.known_metrics import is_accuracy, margin_doubt

_NO_DIRECTION = (
    ": its name does not say whether higher or lower is better: give --higher-is-better or --lower-is-better, or "
    "direction in [analysis] of the study"
)


def caveats(table: Table, asked: Question, against: Mapping[str, Arms]) -> list[str]:
    """Return warnings about the plan, pairing, and how divergence was told."""
    return [
        *of_question(asked),
        *of_progress(table),
        *_of_plan(table, asked),
        *of_seeds(table, asked),
        *_of_divergence(table, asked, against),
        *_of_pairing(asked, against),
        *_of_arithmetic(table, asked, against),
    ]


def of_question(asked: Question) -> list[str]:
    """Return warnings about what is asked: no direction of benefit, a margin that was probably not meant."""
    unknown = Note(Metric(asked.metric), _NO_DIRECTION) if asked.direction is None else None
    doubt = None if asked.margin is None else margin_doubt(asked.metric, asked.margin)
    return [each for each in (unknown, doubt) if each]


def of_progress(table: Table) -> list[str]:
    """Return a warning where planned trials are not yet run."""
    waiting = sum(len(each.seeds) for each in table.dropped if each.reason.startswith("not yet run"))
    return [f"{waiting} planned trials are not yet run: this is an interim look"] if waiting else []


def _of_plan(table: Table, asked: Question) -> list[str]:
    notes = []
    if asked.control in table.stays_at_chance:
        notes.append(f"the control {asked.control!r} is a negative control: differences from it say little")
    if len(table.conditions) < 2:
        notes.append(f"{asked.control!r} is the only condition: there is nothing to compare")
    plan = table.analysis
    if plan is None:
        return notes
    planned = {
        "control": plan.control,
        "alpha": plan.alpha,
        "margin": plan.margin_of(asked.metric),
        "estimand": plan.estimand,
        "bad_ending": plan.bad_ending_of(asked.metric),
        "direction": plan.direction_of(asked.metric),
        "test_fraction": plan.test_fraction,
    }
    asks = {key: getattr(asked, key) for key in planned}
    notes += [
        f"{key} is {asks[key]}; the analysis fixed before the data has {planned[key]}"
        for key in planned
        if asks[key] != planned[key]
    ]
    return notes


def of_seeds(table: Table, asked: Question) -> list[str]:
    """Return warnings about how many seeds there came to be, what else they were looked at for, and what they share."""
    plan, notes = table.analysis, []
    if plan is not None and plan.sequential:
        notes.append(
            "seeds were added until every condition was decided: the headline is a confidence sequence; every other "
            "interval and p here takes the number of seeds as fixed beforehand, which it was not"
        )
    if plan is not None and asked.metric != plan.primary:
        after = f" is secondary: not adjusted across metrics (the primary is {plan.primary})"
        notes.append(Note(Metric(asked.metric), after))
    return notes + _of_splits(table, asked) + _of_sources(table)


def _of_splits(table: Table, asked: Question) -> list[str]:
    """Return a warning where the blocks are splits of one data set: what of the numbers allows for that."""
    if table.unit.independent:
        return []
    if asked.test_fraction is None:
        return [
            "nothing is decided over splits: every interval and p among the numbers takes them as independent, and is "
            "too short or too small; --test-fraction X, the share of the examples that each split holds out, gives the "
            "approximate test of Nadeau and Bengio"
        ]
    return [
        f"the verdicts rest on Nadeau and Bengio's test for splits that hold out {asked.test_fraction:g} of the "
        "examples, an approximation without an exact level; every other interval and p among the numbers takes splits "
        "as independent"
    ]


def _of_sources(table: Table) -> list[str]:
    """Return a warning where seeds share a source of randomness: their trials are then not independent."""
    frame, shared = table.frame, []
    for column, source in SOURCES.items():
        if column in frame.columns:
            seeds = frame.groupby(column)["seed"].nunique()
            if bool((seeds.to_numpy() > 1).any()):
                shared.append(source)
    if not shared:
        return []
    return [
        f"trials of different seeds share their {listed(shared)}: they are not independent, and every test and "
        "interval here takes them as if they were; analysis variance splits the sources"
    ]


def _of_divergence(table: Table, asked: Question, against: Mapping[str, Arms]) -> list[str]:
    ended = set(table.frame["condition"])
    notes = [
        f"{label}: no trial has ended: every number of it is null" for label in table.conditions if label not in ended
    ]
    if not is_known(table.frame):
        notes.append("which trials diverged is not known: no loss, no test accuracy and no status of the table says it")
    elif table.chance is None and not {"status", SAID} & set(table.frame.columns):
        has_accuracy = bool(np.isfinite(test_accuracy(table.frame)).any())
        notes.append(COLLAPSES_NOT_KNOWN if has_accuracy else COLLAPSES_NOT_SEEN)
    if not is_accuracy(asked.metric):
        after = " is no accuracy: intention to train is null, as diverged trials have no score"
        return [*notes, Note(Metric(asked.metric), after)]
    notes += [
        Note(
            f"{label}: intention to train is null: a diverged trial has no ",
            Metric(asked.metric),
            ", and chance is not known",
        )
        for label, each in against.items()
        if each.intention is None
    ]
    return notes


def _of_pairing(asked: Question, against: Mapping[str, Arms]) -> list[str]:
    notes = []
    for label, each in against.items():
        alone = len(each.condition_alone) + len(each.control_alone)
        if alone:
            seeds = "1 seed has" if alone == 1 else f"{alone} seeds have"
            notes.append(f"{label}: {seeds} no partner, and so no part in this comparison")
        if each.diverged:
            lost, of = len(each.diverged), each.complete.n + len(each.diverged)
            notes.append(
                f"{label}: a trial of {label!r} or {asked.control!r} diverged in {lost} of {of} pairs: what is "
                "computed on complete pairs holds given that both trained"
            )
    return notes


def _of_arithmetic(table: Table, asked: Question, against: Mapping[str, Arms]) -> list[str]:
    """Return a warning for each condition with pairs whose two trials were computed with different kernels."""
    if "environment_id" not in table.frame.columns:
        return []
    made = {
        label: {int(seed): name for seed, name in zip(rows["seed"], _made_with(table, rows), strict=True) if name}
        for label in table.conditions
        for rows in [table.rows_of(label, "seed", "environment_id")]
    }
    of_control, notes = made.get(asked.control, {}), []
    for label in against:
        both = [(made[label][seed], of_control[seed]) for seed in made[label].keys() & of_control.keys()]
        mixed = sorted({pair for pair in both if pair[0] != pair[1]})
        if mixed:
            number = sum(pair[0] != pair[1] for pair in both)
            shown = "; ".join(f"{one} against {other}" for one, other in mixed)
            notes.append(
                f"{label}: in {number} of {len(both)} pairs the two trials were computed in different environments "
                f"({shown}): rounding differs between them, so the same trial ends elsewhere"
            )
    return notes


def _made_with(table: Table, rows: pd.DataFrame) -> list[str]:
    """Return what each row was computed with; its environment's id where the table does not say more."""
    return [
        "" if pd.isna(each) else str(table.made_with.get(each, f"environment {each}"))
        for each in rows["environment_id"]
    ]
