"""Which setting is the condition, which the seed and which the task: as given, else by the names that people use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.base.errors import TableError, listed, nearest
from analysis.importing.from_path import FOLDER
from analysis.importing.names import CONDITIONS, SEEDS, matching
from analysis.importing.runs import Logs, Run, Setting
from analysis.tables.names import last_part

TASK = "task"

_PLACES = ("sweep", "project", "experiment", "experiment_id", "log")
"""Where a run lies: what keeps two sweeps apart, and no condition unless that is asked for."""


@dataclass(frozen=True)
class Identity:
    """What tells runs apart.

    Parameters
    ----------
    condition : tuple of str
        Settings; of several the label has each with its value.
    seed : str
    task : str or None
    """

    condition: tuple[str, ...]
    seed: str
    task: str | None

    @property
    def settings(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.condition, self.seed, *([self.task] if self.task else []))

    def label(self, run: Run) -> str:
        """Return the condition of a run."""
        if len(self.condition) == 1:
            return as_text(run.settings[self.condition[0]])
        return ", ".join(
            f"{last_part_of(each, self.condition)}={as_text(run.settings[each])}" for each in self.condition
        )


def last_part_of(name: str, among: Sequence[str]) -> str:
    """Return the last part of a name as it is written, or the whole where another name ends so too."""
    short = name.rsplit(".", 1)[-1]
    return short if sum(each.rsplit(".", 1)[-1] == short for each in among) == 1 else name


def as_text(value: Setting) -> str:
    """Return a setting as a label; a float that is whole as the int that another run may have."""
    return str(int(value)) if isinstance(value, float) and float(value).is_integer() else str(value)


def varying(runs: Sequence[Run]) -> dict[str, list[str]]:
    """Return the settings that differ between runs, each with its values in order of appearance."""
    names = dict.fromkeys(name for run in runs for name in run.settings)
    values = {
        name: list(dict.fromkeys(as_text(run.settings[name]) if name in run.settings else "" for run in runs))
        for name in names
    }
    return {name: each for name, each in values.items() if len(each) > 1}


def identify(
    source: str, logs: Logs, condition: Sequence[str] = (), seed: str | None = None, task: str | None = None
) -> Identity:
    """Return which settings are condition, seed and task.

    Raises
    ------
    TableError
        One is not there, or several could be it: the settings that vary, and the option that chooses.
    """
    vary = varying(logs.runs)
    names = list(dict.fromkeys(name for run in logs.runs for name in run.settings))
    faults: list[str] = []
    chosen = {
        "seed": [seed] if seed else [logs.seed] if logs.seed else [],
        "condition": list(condition) or list(logs.condition),
        "task": [task] if task else [logs.task] if logs.task else [],
    }
    found: dict[str, list[str]] = {}
    for role, wanted in chosen.items():
        found[role] = []
        for each in wanted:
            among = matching(each, names)
            if len(among) == 1:
                found[role] += among
            elif among:
                faults.append(f"--{_OPTIONS[role]} {each} may be any of {listed(among)}: give the whole name")
            else:
                faults.append(f"--{_OPTIONS[role]} {each}: there is no such setting{nearest(each, names)}")
    if faults:
        raise TableError(source, faults)
    seeds = found["seed"] or _seed(names, vary)
    rest = {name: values for name, values in vary.items() if name not in seeds}
    tasks = found["task"] or [name for name in rest if last_part(name) == TASK and name not in found["condition"]]
    rest = {name: values for name, values in rest.items() if name not in tasks[:1]}
    conditions = found["condition"] or _condition(names, rest, logs.runs, seeds)
    for role, those, most in (("seed", seeds, 1), ("condition", conditions, len(found["condition"]) or 1)):
        if len(those) != most:
            faults.append(_fault(role, those, rest if role == "condition" else vary))
    if faults:
        raise TableError(source, faults)
    return Identity(tuple(conditions), seeds[0], tasks[0] if tasks else None)


_OPTIONS = {"condition": "condition-column", "seed": "seed-column", "task": "task"}


def _seed(names: Sequence[str], vary: Mapping[str, object]) -> list[str]:
    for known in SEEDS:
        among = matching(known, names)
        if among:
            return among if len(among) == 1 else [name for name in among if name in vary] or among
    return []


def _condition(
    names: Sequence[str], vary: Mapping[str, Sequence[str]], runs: Sequence[Run], seeds: Sequence[str]
) -> list[str]:
    """Return the settings that may be the condition: one by its name, or the only one that varies of itself."""
    for known in (CONDITIONS[:1], CONDITIONS[1:]):
        among = [name for name in vary if last_part(name) in known]
        if among := [name for name in among if last_part(name) != "run" or len(vary[name]) < len(runs)]:
            return among
    free = [name for name, values in vary.items() if len(values) < len(runs) and not follows(name, seeds, runs)]
    if free:
        settings = [name for name in free if name not in _PLACES] or free
        said = [name for name in settings if name != FOLDER]
        return said if any(_group_alike(name, FOLDER, runs) for name in said) else settings
    return [name for name in names if last_part(name) in CONDITIONS and name not in vary][:1]


def _group_alike(name: str, other: str, runs: Sequence[Run]) -> bool:
    """Return whether two settings put the same runs together: a folder's name then says nothing more."""
    return follows(name, [other], runs) and follows(other, [name], runs)


def follows(name: str, seeds: Sequence[str], runs: Iterable[Run]) -> bool:
    """Return whether a setting has one value for each seed, as another seed has."""
    pairs = {(run.settings.get(seed), run.settings.get(name)) for seed in seeds for run in runs}
    return len({seed for seed, _ in pairs}) == len(pairs)


def _fault(role: str, found: Sequence[str], vary: Mapping[str, Sequence[str]]) -> str:
    shown = "; ".join(f"{name} ({listed(values, 4)})" for name, values in list(vary.items())[:12]) or "none"
    why = f"may be any of {listed(found)}" if found else "is not known by its name"
    return f"which setting is the {role} {why}: give --{_OPTIONS[role]} SETTING. Settings that vary: {shown}"
