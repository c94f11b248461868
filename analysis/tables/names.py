"""Which columns say what was compared and which trials are paired, in tables that have names of their own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.errors import TableError, listed, nearest, option
from analysis.tables import checks

ROLES = CONDITION, SEED = "condition", "seed"

KNOWN = {
    CONDITION: (
        "method", "model", "run", "group", "algorithm", "algo", "optimizer", "optimiser", "variant", "arm", "treatment",
        "setting", "config", "approach", "regulariser", "regularizer", "classifier", "estimator", "architecture",
        "arch", "model_name", "experiment_name", "run_group",
    ),
    SEED: (
        "random_seed", "random_state", "rng_seed", "run_seed", "global_seed", "seed_everything", "manual_seed", "rng",
        "replicate", "rep", "repeat", "repetition", "trial", "fold", "cv_fold", "split",
    ),
}  # fmt: skip
"""Names that people give to a role, where no column has the name of the role itself; of seeds the first are surest."""

_MEANING = (
    *(f"{part}_{what}" for part in ("train", "validation", "test") for what in ("accuracy", "correct", "total")),
    "generalisation_gap", "classes",
)  # fmt: skip
"""Names of columns by which the analysis knows what a trial did, without its being asked for them."""

_AMONG = re.compile(r"[./]")


@dataclass(frozen=True)
class Named:
    """A frame whose columns have the names that the analysis knows.

    Parameters
    ----------
    frame : DataFrame
    taken : mapping of str to str
        Columns that were taken for a role, by the name that they have.
    alias : mapping of str to str
        Columns that the analysis knows under another name too, by that name.
    notes : tuple of str
        What of this was not given but seen.
    """

    frame: pd.DataFrame
    taken: Mapping[str, str]
    alias: Mapping[str, str]
    notes: tuple[str, ...]


def named(
    source: Path, frame: pd.DataFrame, given: Mapping[str, str], beside: Collection[str], where: Mapping[str, str]
) -> Named:
    """Return the frame with the columns of condition and seed under these names.

    Parameters
    ----------
    source : Path
    frame : DataFrame
    given : mapping of role to column
        A role whose column has the name of the role is looked for: this very name, else one that differs in capitals,
        else the last part of a dotted name, else a known name, where one column alone may be it.
    beside : collection of str
        Columns that distinguish trials of one condition and seed.
    where : mapping of column to value
        Which rows are kept.

    Raises
    ------
    TableError
        A given column that is not there, or several that may be meant.
    """
    columns = [str(name) for name in frame.columns if not str(name).startswith("_")]
    asked = {role: name for role, name in given.items() if name != role}
    meant = {role: column_named(columns, name) for role, name in asked.items()}
    faults = [f"column {asked[role]!r} is missing{nearest(asked[role], columns)}"
              for role, name in meant.items() if name is None]  # fmt: skip
    faults += [
        f"column {asked[role]!r} is to be {role!r}, and there is another column of that name: rename or drop it"
        for role, name in meant.items()
        if name is not None and role in columns and role not in meant.values()
    ]
    if faults:
        raise TableError(source, faults)
    may_be: dict[str, list[Any]] = {
        role: [meant[role]] if role in meant else _varying(frame, role, columns) for role in given
    }
    if SEED in given and not may_be[SEED]:
        may_be[SEED] = _numbering(frame, may_be[CONDITION], beside)
    rows = frame
    for name, value in where.items():
        rows = rows[checks.matches(rows[name], value)] if name in rows.columns else rows
    taken = {name: role for role, name in _chosen(source, rows, may_be, beside).items() if name != role}
    alias = {
        name: column for name in _MEANING if (column := column_named(columns, name)) is not None and column != name
    }
    seen = [f"column {name!r} as {role}" for name, role in taken.items() if name != given[role]]
    seen += [f"column {column!r} as {name}" for name, column in alias.items()]
    notes = [f"read {', '.join(seen)}"] if seen else []
    made = frame.rename(columns=taken)
    return Named(made.assign(**{name: made[column] for name, column in alias.items()}), taken, alias, tuple(notes))


def column_named(columns: Iterable[str], name: str) -> str | None:
    """Return the column of this name, else the only one that differs in capitals or blanks or whose last part it is."""
    names = list(columns)
    if name in names:
        return name
    for alike in (
        [each for each in names if _plain(each) == _plain(name)],
        [each for each in names if _AMONG.search(each) and last_part(each) == name.casefold()],
    ):
        if len(alike) == 1:
            return alike[0]
    return None


def identifying(header: Sequence[str], given: Mapping[str, str]) -> list[str]:
    """Return the columns that may be condition or seed: text, whatever they look like."""
    names = [name.strip() for name in header]
    may_be = {column_named(names, name) for name in given.values()}
    may_be |= {name for role in ROLES if given[role] == role for name in candidates(names, role)}
    return [name for name in header if name.strip() in may_be]


def candidates(columns: Sequence[str], role: str) -> list[str]:
    """Return the columns that may have a role, those alone whose names say it best."""
    by_rank = (
        [name for name in columns if name == role],
        [name for name in columns if name.casefold() == role],
        [name for name in columns if last_part(name) == role],
        [name for name in columns if last_part(name) in KNOWN[role]],
    )
    return next((found for found in by_rank if found), [])


def _chosen(
    source: Path, frame: pd.DataFrame, may_be: Mapping[str, Sequence[str]], beside: Collection[str]
) -> dict[str, str]:
    """Return the column of each role: the one that may be it, else the one with which no trial comes twice."""
    present = {role: names for role, names in may_be.items() if names}
    every = [dict(zip(present, names, strict=True)) for names in product(*present.values())]
    every = [each for each in every if len(set(each.values())) == len(each) and _repeats(frame, each)]
    if len(every) > 1:
        usable = [each for each in every if _is_usable(frame, each, beside)]
        every = usable or every
    if len(every) == 1:
        return every[0]
    if not every:
        return {}
    faults = []
    for role in present:
        names = list(dict.fromkeys(each[role] for each in every))
        if len(names) > 1:
            faults.append(
                f"several columns may be the {role}: {listed(names)}; choose one, as by "
                f"{option(f'{role}-column', names[0])}"
            )
    raise TableError(source, faults)


def _numbering(frame: pd.DataFrame, conditions: Sequence[str], beside: Collection[str]) -> list[str]:
    """Return the column of runs that come again under other conditions: it numbers the runs of each, as a seed does."""
    runs = [name for name in conditions if last_part(name) == "run"]
    return [
        run
        for run in runs
        for other in conditions
        if other not in runs
        and int(_cells(frame, [run])[run].value_counts().max()) > 1
        and _is_usable(frame, {CONDITION: other, SEED: run}, beside)
    ][:1]


def _repeats(frame: pd.DataFrame, chosen: Mapping[str, str]) -> bool:
    """Return whether a column of runs that would be the condition has several trials of each."""
    name = chosen.get(CONDITION, "")
    return last_part(name) != "run" or int(_cells(frame, [name])[name].value_counts().min()) > 1


def _varying(frame: pd.DataFrame, role: str, columns: Sequence[str]) -> list[str]:
    """Return the columns that may have a role; of several with usual names those that vary."""
    found = candidates(columns, role)
    if len(found) < 2:
        return found
    return [name for name in found if last_part(name) == role or len({*_cells(frame, [name])[name]}) > 1] or found


def _is_usable(frame: pd.DataFrame, chosen: Mapping[str, str], beside: Collection[str]) -> bool:
    """Return whether no trial comes twice."""
    cells = _cells(frame, [*chosen.values(), *beside])
    known = cells[(cells[list(chosen.values())] != "").all(axis=1)]
    return len(known) > 0 and not bool(known.duplicated().any())


def _cells(frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    return pd.DataFrame({name: checks.each_once(frame[name], checks.as_text).str.strip() for name in names})


def last_part(name: str) -> str:
    """Return the last part of a dotted name, in small letters: ``config/seed`` is ``seed``."""
    return _plain(_AMONG.split(name)[-1])


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().casefold())
