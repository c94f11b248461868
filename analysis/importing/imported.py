"""From paths to a table, and the account of it: which run became what, and what could not be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from analysis.base.errors import TableError, listed, nearest, option
from analysis.base.records import Record
from analysis.importing.columns import table_of
from analysis.importing.epochs import LAST, at_best, behind, best_of, unfinished
from analysis.importing.examples import with_examples
from analysis.importing.identity import as_text, identify
from analysis.importing.kinds import KINDS
from analysis.importing.metrics import as_settings, renamed
from analysis.importing.names import matching
from analysis.importing.pairs import Unpaired, unpaired
from analysis.importing.plain_files import number
from analysis.importing.runs import Logs, Run, Setting
from analysis.importing.trials import trials_of
from analysis.tables.reading import NO_FILE
from bench.schema.known_metrics import Direction


@dataclass(frozen=True)
class Wanted:
    """What the options say.

    Parameters
    ----------
    condition : tuple of str
        Settings that are the condition; empty: by the usual names.
    seed, task : str, optional
    percent : bool
        Whether accuracies and gaps are divided by 100.
    epochs : str
        'last' or 'best:METRIC'.
    direction : str, optional
        Which values of that METRIC are better.
    rename : tuple of str
        ``OLD=NEW`` for metrics.
    where : mapping of str to str
        Settings that a run must have.
    examples : str, optional
        The metric whose single examples become ``test_bits``.
    cluster : str, optional
        The field of examples whose values are clusters; default: by the usual names.
    """

    condition: tuple[str, ...] = ()
    seed: str | None = None
    task: str | None = None
    percent: bool = False
    epochs: str = LAST
    direction: Direction | None = None
    rename: tuple[str, ...] = ()
    where: Mapping[str, str] | None = None
    examples: str | None = None
    cluster: str | None = None


@dataclass(frozen=True, kw_only=True)
class Row(Record):
    """What a run became."""

    run: str
    condition: str
    seed: int | str
    task: str | None
    status: str
    error: str


@dataclass(frozen=True, kw_only=True)
class LeftOut(Record):
    """A run that is no row, and why."""

    run: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Account(Record):
    """What was read, and what became of it.

    Parameters
    ----------
    kind : str
    condition_from : tuple of str
        Settings that the condition is.
    seed_from : str
    task_from : str or None
    rows : tuple of Row
    left_out : tuple of LeftOut
    unpaired : tuple of Unpaired
        Seeds at which a condition has no result, and another has one.
    metrics : tuple of str
    notes : tuple of str
        What a reader must know before believing the numbers.
    """

    kind: str
    condition_from: tuple[str, ...]
    seed_from: str
    task_from: str | None
    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...]
    unpaired: tuple[Unpaired, ...]
    metrics: tuple[str, ...]
    notes: tuple[str, ...]


def import_runs(kind: str, paths: Sequence[Path], wanted: Wanted) -> tuple[pa.Table, Account]:
    """Read logs of a kind.

    Raises
    ------
    TableError
        What cannot be read, or cannot be told apart; nothing is guessed where several answers are possible.
    """
    source = ", ".join(str(each) for each in paths)
    if missing := [path for path in paths if not path.exists()]:
        raise TableError(source, [f"{path} does not exist" for path in missing])
    if odd := [path for path in paths if not (path.is_file() or path.is_dir())]:
        raise TableError(source, [f"{path} {NO_FILE}" for path in odd])
    logs = _logs(kind, paths, source)
    named = (*wanted.condition, wanted.seed, wanted.task, *(wanted.where or {}))
    runs = as_settings(logs.runs, [each for each in named if each])
    runs = renamed(source, _chosen(source, runs, dict(wanted.where or {})), wanted.rename)
    notes = [*logs.notes]
    if not logs.states_its_end:
        runs, said = unfinished(runs)
        notes += said
    best = best_of(source, wanted.epochs, runs, wanted.direction)
    if best is None:
        notes += behind(runs)
    else:
        runs = tuple(at_best(run, best) for run in runs)
        notes.append(f"metrics are those of the epoch with the best {best.metric} ({best.direction} is better)")
        notes += [best.doubt] if best.doubt else []
    identity = identify(source, replace(logs, runs=runs), wanted.condition, wanted.seed, wanted.task)
    trials, unused = trials_of(source, runs, identity)
    table, said = table_of(source, trials, identity, wanted.percent)
    table, of_examples = with_examples(source, table, trials, wanted.examples, wanted.cluster)
    return table, Account(
        kind=kind,
        condition_from=identity.condition,
        seed_from=identity.seed,
        task_from=identity.task,
        rows=tuple(
            Row(run=each.run.name, condition=each.condition, seed=each.seed, task=each.task, status=each.status,
                error=each.run.error)
            for each in trials
        ),
        left_out=tuple(LeftOut(run=each.name, reason=each.reason) for each in unused),
        unpaired=unpaired(trials),
        metrics=tuple(dict.fromkeys(name for each in trials for name in each.run.metrics)),
        notes=(*notes, *said, *of_examples),
    )  # fmt: skip


def _logs(kind: str, paths: Sequence[Path], source: str) -> Logs:
    known = {each.name: each for each in KINDS}
    if kind not in known:
        raise TableError("import", [f"there is no kind {kind!r}{nearest(kind, known)}"])
    logs = known[kind].read(paths)
    if not logs.runs:
        raise TableError(source, ["has no runs"])
    return logs


def _chosen(source: str, runs: Sequence[Run], where: Mapping[str, str]) -> tuple[Run, ...]:
    """Return the runs with these settings."""
    kept = tuple(runs)
    for name, value in where.items():
        asked = option("where", f"{name}={value}")
        among = matching(name, dict.fromkeys(each for run in runs for each in run.settings))
        if len(among) != 1:
            raise TableError(
                source,
                [f"{asked}: there is {'no' if not among else 'more than one'} such setting"],
            )
        values = {as_text(run.settings[among[0]]) for run in kept if among[0] in run.settings}
        kept = tuple(run for run in kept if among[0] in run.settings and _is(run.settings[among[0]], value))
        if not kept:
            raise TableError(
                source,
                [f"{asked}: no run has that value; {name} has {listed(sorted(values))}"],
            )
    return kept


def _is(setting: Setting, value: str) -> bool:
    """Return whether a setting has this value, as text or as a number: 0.10 is 0.1."""
    if isinstance(setting, bool):
        return str(setting).casefold() == value.casefold()
    same = number(setting) is not None and number(setting) == number(value)
    return same or str(setting) == value
