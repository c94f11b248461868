"""The check: a training is run, changed in one respect at a time and run again, and every law judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bench.base.errors import UsageError
from bench.checks.training import case as names
from bench.checks.training.case import Case
from bench.checks.training.evaluating import EVALUATING_LAWS
from bench.checks.training.law import BROKEN, NOT_APPLICABLE, PASSED, HoldsAsSeen, Law, NotApplicable, Verdict
from bench.checks.training.learning import LEARNING_LAWS
from bench.checks.training.once import Ask, Run
from bench.checks.training.pairing import PAIRING_LAWS
from bench.checks.training.repeating import REPEATING_LAWS
from bench.checks.training.settings import moved, shortened, with_condition
from bench.checks.training.subject import Subject
from bench.checks.training.traces import masking
from bench.checks.training.trainings import Trainings
from bench.engines.own.watching.watch import Changes

LAWS: tuple[Law, ...] = (*REPEATING_LAWS, *PAIRING_LAWS, *EVALUATING_LAWS, *LEARNING_LAWS)
TIME_LIMIT = 60.0
"""Seconds that one training may take."""
CONDITION = "condition "


@dataclass(frozen=True)
class Checked:
    """Training code, and what every law says of it."""

    subject: Subject
    settings: Mapping[str, Any]
    verdicts: tuple[Verdict, ...]
    trainings: int
    seconds: float
    """That the longest of them took."""

    @property
    def broken(self) -> list[str]:
        """Names of the laws that it breaks."""
        return [each.law for each in self.verdicts if each.outcome == BROKEN]


def check(subject: Subject, time_limit: float = TIME_LIMIT) -> Checked:
    """Judge training code by every law.

    Raises
    ------
    UsageError
        It cannot be trained at all, so that there is nothing to judge.
    """
    trainings = Trainings(subject, time_limit)
    try:
        case = _case(trainings)
    finally:
        trainings.close()
    verdicts = tuple(judged(law, case) for law in LAWS)
    longest = max(each.seconds for each in trainings.runs.values())
    return Checked(case.subject, case.base.ask.settings, verdicts, len(trainings.runs), longest)


def judged(law: Law, case: Case) -> Verdict:
    """Return what a law says; one that judges by a training that is not there does not apply."""
    if missing := [name for name in law.needs if name not in case.changed]:
        return Verdict(law.key, NOT_APPLICABLE, f"it was not trained with this changed: {', '.join(missing)}")
    if law.equal_bits and not case.subject.experiment.deterministic:
        return Verdict(law.key, NOT_APPLICABLE, "deterministic = false: two runs need not give the same bits")
    found = law.judge(case)
    if isinstance(found, NotApplicable):
        return Verdict(law.key, NOT_APPLICABLE, found.why)
    if isinstance(found, HoldsAsSeen):
        return Verdict(law.key, PASSED, found.says)
    return Verdict(law.key, PASSED, law.says) if found is None else Verdict(law.key, BROKEN, found)


def _case(trainings: Trainings) -> Case:
    """Do all trainings that the laws judge by."""
    subject = _with_conditions(trainings)
    runs = trainings.runs
    trainings.run({CONDITION + label: Ask(settings) for label, settings in subject.conditions.items()
                   if CONDITION + label not in runs})  # fmt: skip
    conditions = {label: runs[CONDITION + label] for label in subject.conditions}
    (base_label, *_) = trainings.subject.conditions
    for label, run in conditions.items():
        if run.error is not None and (label in subject.fixed or label == base_label):
            raise UsageError(f"{subject.name} cannot be checked: {label}: {run.error}")
    conditions = {label: run for label, run in conditions.items() if run.error is None}
    main = main_of(conditions)
    base = conditions[main]
    moves = moved(subject, base)
    trainings.run(_asks(subject, base, len(conditions)) | {
        f"setting {name}": replace(base.ask, settings={**base.ask.settings, name: value})
        for name, value in moves.items()
    })  # fmt: skip
    return Case(
        subject, conditions, main,
        {name: run for name, run in runs.items() if not name.startswith((CONDITION, "setting "))},
        {name: (value, runs[f"setting {name}"]) for name, value in moves.items()},
    )  # fmt: skip


def _with_conditions(trainings: Trainings) -> Subject:
    """Return the subject with its conditions; those of a function alone are made once its settings are known."""
    subject = shortened(trainings.subject)
    (label, settings), *others = subject.conditions.items()
    if others:
        return subject
    trainings.run({CONDITION + label: Ask(settings)})
    first = trainings.runs[CONDITION + label]
    if first.error is not None:
        raise UsageError(f"{subject.name} cannot be checked: {first.error}{_told_settings(first)}")
    subject = with_condition(subject, first)
    if subject.conditions[label] != settings:
        del trainings.runs[CONDITION + label]
    return subject


def _told_settings(run: Run) -> str:
    return "; give it by --set NAME=VALUE" if run.error is not None and "no setting" in run.error else ""


def main_of(conditions: Mapping[str, Run]) -> str:
    """Return the condition that everything else is tried with: the last that draws while it trains, or the last."""
    noisy = [label for label, run in conditions.items() if run.seen.drops or masking(run)]
    return noisy[-1] if noisy else list(conditions)[-1]


def _asks(subject: Subject, base: Run, conditions: int) -> dict[str, Ask]:
    """Return the trainings that differ from the base in one respect each."""
    ask = base.ask
    asks = {
        names.REPEATED: ask,
        names.AMBIENT_STATE: replace(ask, ambient=True),
        names.INIT: replace(ask, sources=(1, 0, 0)),
        names.ORDER: replace(ask, sources=(0, 1, 0)),
        names.MASK: replace(ask, sources=(0, 0, 1)),
        names.SEED: replace(ask, seed=1, sources=(1, 1, 1)),
        names.TWICE: replace(ask, changes=Changes(twice=True)),
        names.UNDO: replace(ask, changes=Changes(undo=True)),
    }
    if subject.function is None:
        asks = {names.HASHING: replace(ask, fresh=True)} | asks
    if base.seen.workers:
        asks[names.WORKERS] = replace(ask, changes=Changes(workers=0 if max(base.seen.workers) else 2))
    if base.seen.saved:
        asks[names.KILLED] = replace(ask, changes=Changes(die_after_save=True), folder="resumed")
        asks[names.RESUMED] = replace(ask, folder="resumed", after=names.KILLED)
    if conditions == 1 and base.seen.drops:
        asks[names.WITHOUT] = replace(ask, changes=Changes(without_dropout=True))
    return asks
