"""The rehearsal of a study: short watched trainings before its first trial say which laws its code breaks.

It judges by what begins alike whatever follows, for its trainings are stopped early: no law is broken because of that.
"""

from __future__ import annotations

import json
import math
import pickle
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.checks.training.case import REPEATED, SEED, Case
from bench.checks.training.check import CONDITION, LAWS, judged, main_of
from bench.checks.training.law import BROKEN, NOT_APPLICABLE, PASSED, Law, NotApplicable, Verdict
from bench.checks.training.learning import conditions_differ
from bench.checks.training.once import Ask, Run
from bench.checks.training.subject import Subject
from bench.checks.training.traces import same_training
from bench.checks.training.trainings import Trainings
from bench.engines.own import server
from bench.engines.own.watching.seen import AFTER_SECONDS, Seen
from bench.engines.own.watching.watch import Changes

EPOCHS, MOST_CONDITIONS = 2, 5
SECONDS, SECONDS_OF_ONE = 60.0, 20.0
"""What all trainings of a rehearsal may take, and one of them."""
OF_PAIRS = ("shared-init", "shared-order")
OF_EACH = ("order-fresh", "masks-fresh", "gradients-cleared")
OF_ALL = ("seed-used", "repeatable", "dropout-built-anew")
BY_WHOLE_EPOCHS = ("order-fresh", "gradients-cleared")
LAW = {each.key: each for each in LAWS}
DIFFER = replace(LAW["settings-read"], says="what the conditions vary changes the numbers", judge=conditions_differ)
WHOLE = "whole "


@dataclass(frozen=True)
class Judged:
    """A law, and what it says of the conditions that were rehearsed; `conditions` are those that break it."""

    name: str
    holds: str
    outcome: str
    message: str
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rehearsal:
    """What came of it.

    Parameters
    ----------
    conditions : tuple of str
        Those that were trained, the control first.
    laws : tuple of Judged
    unchecked : tuple of str
        What could not be judged, and why.
    trainings : int
    seconds : float
        That all of them took.
    """

    conditions: tuple[str, ...] = ()
    laws: tuple[Judged, ...] = ()
    unchecked: tuple[str, ...] = field(default=())
    trainings: int = 0
    seconds: float = 0.0


def main(asked: str, answer: str) -> None:
    """Rehearse in this process what lies in the file `asked`, and write what came of it to `answer`."""
    server.prctl(server.PR_SET_PDEATHSIG, signal.SIGKILL)
    server.prctl(server.PR_SET_CHILD_SUBREAPER, 1)
    subject, seed = pickle.loads(Path(asked).read_bytes())
    is_forkable = not subject.has_file or server.preload(subject.experiment)
    made = rehearse(subject, seed, fresh=not is_forkable, folder=Path(answer).parent)
    server.end_strangers(set())
    Path(answer).write_text(json.dumps(asdict(made)), encoding="utf-8")


def rehearse(subject: Subject, seed: int = 0, *, fresh: bool = False, folder: Path | None = None) -> Rehearsal:
    """Train some conditions of a study for two epochs, and judge by the laws that this decides.

    Parameters
    ----------
    subject : Subject
        With all conditions of the study, the control first.
    seed : int
        The study's first.
    fresh : bool
        Whether each training needs a fresh interpreter, since its code must not be forked.
    folder : Path, optional
        Where the folders of the trainings are made: whoever ends this process removes them with it.
    """
    started, chosen = time.monotonic(), _spread(list(subject.conditions))
    trainings = Trainings(subject, SECONDS_OF_ONE, folder)
    rounds = math.ceil((len(chosen) + 2) / trainings.at_once)
    limit = min(SECONDS_OF_ONE, SECONDS / rounds, subject.experiment.time_limit or math.inf)
    trainings.time_limit = limit
    try:
        asks = {label: _ask(subject.conditions[label], seed, 0.8 * limit, fresh) for label in chosen}
        trainings.run({CONDITION + label: ask for label, ask in asks.items()})
        runs = {label: trainings.runs[CONDITION + label] for label in chosen}
        failed = [f"{label}: {run.error}" for label, run in runs.items() if run.error is not None]
        trained = {label: run for label, run in runs.items() if run.error is None}
        if chosen[0] not in trained:
            return Rehearsal(tuple(chosen), (), tuple(failed), len(trainings.runs), time.monotonic() - started)
        main = main_of(trained)
        again = {REPEATED: asks[main], SEED: replace(asks[main], seed=seed + 1, sources=(seed + 1, seed + 1, seed + 1))}
        trainings.run(again)
        changed = {name: trainings.runs[name] for name in again}
        failed += [f"{main}, {name}: {run.error}" for name, run in changed.items() if _timed_out(run)]
        kept = {name: run for name, run in changed.items() if not _timed_out(run)}
        aligned = _of_one_length({CONDITION + label: run for label, run in trained.items()} | kept)
        conditions = {label: aligned[CONDITION + label] for label in trained}
        case = Case(subject, conditions, main, {name: aligned[name] for name in kept}, {})
        left = SECONDS - (time.monotonic() - started)
        laws = (*_laws(case), _differing(case, trainings, left))
        if any(run.seen.stopped == AFTER_SECONDS for run in trained.values()):
            steps = min(len(run.seen.losses) for run in trained.values())
            failed.append(f"two epochs take more than {limit:.0f} s: judged by the first {steps} steps")
    finally:
        trainings.close()
    return Rehearsal(tuple(chosen), laws, tuple(failed), len(trainings.runs), time.monotonic() - started)


def _spread(labels: Sequence[str]) -> list[str]:
    """Return the control and others that lie evenly among all, the first and the last of them included."""
    control, *others = labels
    most = MOST_CONDITIONS - 1
    if len(others) > most:
        others = [others[round(place * (len(others) - 1) / (most - 1))] for place in range(most)]
    return [control, *others]


def _ask(settings: Mapping[str, Any], seed: int, seconds: float, fresh: bool) -> Ask:
    """Return a short training; one that takes no more than two epochs goes to its end."""
    epochs = settings.get("epochs")
    ends = type(epochs) is int and epochs <= EPOCHS
    changes = Changes(epochs=None if ends else EPOCHS, seconds=seconds)
    return Ask(settings, seed, (seed, seed, seed), changes, fresh=fresh)


def _timed_out(run: Run) -> bool:
    return run.error is not None and run.error.startswith("timed out")


def _of_one_length(runs: Mapping[str, Run]) -> dict[str, Run]:
    """Return the trainings, where some were stopped by the clock, all cut down to what each of them has."""
    if not any(run.seen.stopped == AFTER_SECONDS for run in runs.values()):
        return dict(runs)
    known = [run.seen for run in runs.values() if run.error is None]
    steps, losses, targets = (
        min(len(part(each)) for each in known)
        for part in (lambda seen: seen.trained, lambda seen: seen.losses, lambda seen: seen.targets)
    )
    epochs = min(len(run.curve) for run in runs.values() if run.error is None)

    def cut(seen: Seen) -> Seen:
        last = seen.forwards.index(seen.trained[steps - 1]) + 1 if steps else 0
        return replace(
            seen, forwards=seen.forwards[:last], losses=seen.losses[:losses], targets=seen.targets[:targets],
            shuffles=[each for each in seen.shuffles if each[0] < epochs], stopped=AFTER_SECONDS,
        )  # fmt: skip

    return {name: replace(run, row={}, curve=run.curve[:epochs], seen=cut(run.seen)) for name, run in runs.items()}


def _laws(case: Case) -> list[Judged]:
    """Judge by the laws of pairs, of each condition, and of all."""
    control, *others = case.conditions
    by_label = {
        label: replace(
            case, main=label, changed={}, conditions={each: case.conditions[each] for each in {control: 0, label: 0}}
        )
        for label in case.conditions
    }
    found = [_gathered(LAW[key], {label: judged(LAW[key], by_label[label]) for label in others}) for key in OF_PAIRS]
    found += [
        _gathered(LAW[key], {label: _fresh(LAW[key], each) for label, each in by_label.items()}) for key in OF_EACH
    ]
    return found + [_gathered(LAW[key], {"": judged(LAW[key], case)}) for key in OF_ALL]


def _fresh(law: Law, case: Case) -> Verdict:
    if law.key in BY_WHOLE_EPOCHS and case.base.seen.stopped == AFTER_SECONDS:
        return Verdict(law.key, NOT_APPLICABLE, "fewer than two epochs were trained in the time that there is")
    return judged(law, case)


def _gathered(law: Law, verdicts: Mapping[str, Verdict]) -> Judged:
    """Return one verdict on several conditions; its words are those on the first that breaks the law."""
    broken = [label for label, each in verdicts.items() if each.outcome == BROKEN]
    if broken:
        labels = tuple(filter(None, broken))
        return Judged(law.key, law.says, BROKEN, verdicts[broken[0]].message, labels)
    passed = any(each.outcome == PASSED for each in verdicts.values())
    why = law.says if passed else next((each.message for each in verdicts.values()), "there is one condition alone")
    return Judged(law.key, law.says, PASSED if passed else NOT_APPLICABLE, why)


def _differing(case: Case, trainings: Trainings, seconds: float) -> Judged:
    """Judge whether conditions that begin alike to the bit also end so: those are trained once more, to their end."""
    control, *others = case.conditions
    alike = [label for label in others if same_training(case.conditions[control], case.conditions[label])]
    pairs = {label: [control, label] for label in alike}
    if needed := {label for pair in pairs.values() for label in pair if case.conditions[label].seen.stopped}:
        trainings.time_limit = max(1.0, seconds / math.ceil(len(needed) / trainings.at_once))
        trainings.run({WHOLE + label: replace(case.conditions[label].ask, changes=Changes()) for label in needed})
    whole = {label: trainings.runs.get(WHOLE + label, run) for label, run in case.conditions.items()}
    verdicts = {}
    for label in others:
        ended = label not in alike or all(whole[each].error is None for each in pairs[label])
        judge = conditions_differ if ended else _too_long
        of_pair = replace(case, conditions={each: whole[each] for each in (control, label)}, main=label)
        verdicts[label] = judged(replace(DIFFER, judge=judge), of_pair)
    return _gathered(DIFFER, verdicts)


def _too_long(case: Case) -> NotApplicable:
    return NotApplicable(f"{' and '.join(case.conditions)} begin alike to the bit; whole trainings take too long here")
