"""From runs to trials: each with its condition, seed and task, once; what cannot be used is listed with the reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.base.errors import TableError
from analysis.importing.identity import Identity, as_text, varying
from analysis.importing.plain_files import number
from analysis.importing.runs import FAILED, Run, Setting
from analysis.tables.dialect import EMPTY
from analysis.tables.reading import is_loss
from analysis.tables.seeds import are_hashes
from bench.schema.characters import has_control
from bench.schema.divergence import DIVERGED

_FIRST = 6


@dataclass(frozen=True)
class Trial:
    """A run as a row of the table."""

    run: Run
    condition: str
    seed: int | str
    task: str | None

    @property
    def status(self) -> str:
        """How it ended: a loss that is not finite is a training that broke."""
        broke = any(is_loss(name) and not math.isfinite(value) for name, value in self.run.metrics.items())
        return DIVERGED if broke and self.run.status != FAILED else self.run.status


@dataclass(frozen=True)
class Unused:
    """A run that is no row, and why."""

    name: str
    reason: str


def trials_of(source: str, runs: Sequence[Run], identity: Identity) -> tuple[list[Trial], list[Unused]]:
    """Return a trial for each run that has a condition and a seed, and what cannot be used.

    A run that failed and was repeated gives way to its repetition.

    Raises
    ------
    TableError
        Several runs of one condition and seed (and task): the settings that tell them apart. No run that can be used.
        Seeds of which some are numbers and some are words, as in a row of means.
    """
    made: list[Trial] = []
    unused: list[Unused] = []
    seed = _seeds(source, runs, identity)
    for run in runs:
        lacking = [name for name in identity.settings if _is_empty(run.settings.get(name), name == identity.seed)]
        if lacking:
            unused.append(Unused(run.name, f"it has no {' and no '.join(lacking)}"))
            continue
        task = as_text(run.settings[identity.task]) if identity.task else None
        made.append(Trial(run, identity.label(run), seed(run.settings[identity.seed]), task))
    if odd := _odd_names(made):
        raise TableError(source, odd)
    groups: dict[tuple[str | None, str, int | str], list[Trial]] = {}
    for trial in made:
        groups.setdefault((trial.task, trial.condition, trial.seed), []).append(trial)
    kept, faults, repeated = [], [], []
    for group in groups.values():
        ended = [trial for trial in group if trial.run.status != FAILED]
        if len(ended) > 1:
            faults.append(_fault(group))
            repeated.append([trial.run for trial in ended])
            continue
        (row,) = ended or group[-1:]
        kept.append(row)
        unused += [
            Unused(
                each.run.name, f"it failed ({each.run.error}), and {row.run.name} is the same condition and seed again"
            )
            for each in group
            if each is not row
        ]
    if faults:
        raise TableError(source, [*_what_parts(repeated, identity), *faults])
    if not kept:
        raise TableError(source, ["no run can be used", *(f"{each.name}: {each.reason}" for each in unused)])
    order = list(dict.fromkeys((trial.task, trial.condition) for trial in made))
    return sorted(kept, key=lambda trial: (order.index((trial.task, trial.condition)), _in_turn(trial.seed))), unused


def _seeds(source: str, runs: Sequence[Run], identity: Identity) -> Callable[[Setting], int | str]:
    """Return how a seed is read: as a whole number where all are, else as the name that it is."""
    every = [(run.name, run.settings.get(identity.seed)) for run in runs]
    given = [(name, value) for name, value in every if not _is_empty(value, is_seed=True)]
    words = [(name, text) for name, value in given if isinstance(text := seed_of(value), str)]
    if not words:
        return seed_of
    texts = [str(value).strip() for _, value in given]
    if len(words) < len(given) and not are_hashes(texts):
        shown = [f"seed is {text!r} in {name}" for name, text in words]
        more = [f"{len(shown) - _FIRST} more runs like these"] if len(shown) > _FIRST else []
        allowed = "whole numbers in all runs, or names in all; --where SETTING=VALUE keeps some runs"
        raise TableError(
            source,
            [*shown[:_FIRST], *more, f"{len(given) - len(words)} other seeds are whole numbers; allowed: {allowed}"],
        )
    return lambda value: str(value).strip()


def _is_empty(value: Setting, is_seed: bool) -> bool:
    """Return whether a setting is none; of a seed that was not set MLflow writes the word None."""
    return value in (None, "") or (is_seed and str(value).strip() in EMPTY)


def _in_turn(seed: int | str) -> tuple[int, int | str]:
    return (0, seed) if isinstance(seed, int) else (1, seed)


def seed_of(value: Setting) -> int | str:
    """Return a seed as a whole number where it is one, exactly, else as the name that it is."""
    found = number(value)
    if isinstance(found, float) and float(found).is_integer() and abs(found) < 2**53:
        found = int(found)
    return found if isinstance(found, int) else str(value).strip()


def _odd_names(made: Sequence[Trial]) -> list[str]:
    """Return a fault for each condition, seed, task or column that no table may have: nor may a terminal print it."""
    named = [
        (role, str(name))
        for trial in made
        for role, name in (("condition", trial.condition), ("seed", trial.seed), ("task", trial.task or ""))
    ]
    named += [("metric", name) for trial in made for name in trial.run.metrics]
    named += [("setting", name) for name in varying([trial.run for trial in made])]
    return [
        f"{role} {name!r}: allowed: a name without control characters"
        for role, name in dict.fromkeys(named)
        if has_control(name)
    ]


def _fault(group: Sequence[Trial]) -> str:
    first, names = group[0], [trial.run.name for trial in group]
    task = f"task {first.task!r}, " if first.task is not None else ""
    more = f" and {len(names) - _FIRST} more" if len(names) > _FIRST else ""
    return (
        f"{task}condition {first.condition!r}, seed {first.seed} comes {len(names)} times "
        f"({', '.join(names[:_FIRST])}{more}); allowed: once (a repeated run is not a new seed)"
    )


def _what_parts(repeated: Sequence[Sequence[Run]], identity: Identity) -> list[str]:
    """Return a sentence for each setting that tells all repeated runs apart, with the options that make use of it."""
    vary = varying([run for runs in repeated for run in runs])
    parting = [
        name
        for name in vary
        if name not in identity.settings
        and all(len({as_text(run.settings.get(name)) for run in runs}) == len(runs) for runs in repeated)
    ]
    chosen = " ".join(f"--condition-column {name}" for name in identity.condition)
    if not parting:
        return ["no one setting distinguishes all runs of one condition and seed: import one folder or sweep at a time"]
    return [
        f"setting {name!r} distinguishes the runs of one condition and seed: {chosen} --condition-column {name} takes "
        f"it into the condition, --task {name} takes its values for tasks, "
        f"--where {name}={next(value for value in vary[name] if value)} keeps one of its {len(vary[name])} values"
        for name in parting
    ]
