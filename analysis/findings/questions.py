"""The questions: a TOML file that names, for each, a results folder and what of it to show."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from analysis.base.errors import TableError
from analysis.report.sections.order import PLOTS
from analysis.report.task_sections.order import PLOTS_OVER_TASKS

PLOT_NAMES = [plot.name for plot in (*PLOTS, *PLOTS_OVER_TASKS)]
SWITCHES = ("effects", "simple_effects", "activations", "collapses", "pairing")


@dataclass(frozen=True)
class Asked:
    """One question.

    Parameters
    ----------
    title, question : str
    folder : Path
        A results folder; of several tasks, what is told is over them.
    figure : str
        The name of a figure of the report.
    metrics : tuple of str
        What is told: each comparison of each of these.
    conditions : tuple of str
        The conditions that are shown; empty: all that are meant to train.
    effects : bool
        Tell the main effects and interactions of the primary metric in place of comparisons with the control; simple
        effects too where an interaction of two factors is there.
    simple_effects : bool
        Tell them in any case: the question asks for them.
    activations : bool
        Tell also how the variance of the hidden units differs from the control's.
    collapses : bool
        Tell also how many trials collapsed, and when.
    pairing : bool
        Tell also what pairing by seed is worth, by the levels of the other factors.
    """

    title: str
    question: str
    folder: Path
    figure: str
    metrics: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    effects: bool = False
    simple_effects: bool = False
    activations: bool = False
    collapses: bool = False
    pairing: bool = False


def read_questions(file: Path) -> list[Asked]:
    """Return the questions in `file`, folders taken from where it lies.

    Raises
    ------
    TableError
        A file that is not such a list; all faults at once.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise TableError(file, [f"cannot be read as TOML: {error}"]) from error
    entries = document.get("finding")
    if document.keys() != {"finding"} or not isinstance(entries, list):
        raise TableError(file, ["holds something other than a list of [[finding]] tables"])
    faults = [fault for number, each in enumerate(entries, start=1) for fault in _faults(f"finding {number}", each)]
    if faults:
        raise TableError(file, faults)
    return [
        Asked(
            each["title"],
            each["question"],
            file.parent / each["folder"],
            each["figure"],
            tuple(each["metrics"]),
            tuple(each.get("conditions", ())),
            *(each.get(name, False) for name in SWITCHES),
        )
        for each in entries
    ]


def _faults(where: str, given: Any) -> list[str]:
    """Return what is wrong with one table."""
    if not isinstance(given, Mapping):
        return [f"{where}: {given!r} was given; a table is expected"]
    names = [field.name for field in fields(Asked)]
    found = [f"{where}: unknown key {key!r} (allowed: {', '.join(names)})" for key in given if key not in names]
    found += [
        f"{where}: {name} is {given[name]!r}; true or false is expected"
        for name in SWITCHES
        if not isinstance(given.get(name, False), bool)
    ]
    for name in (each for each in names if each not in SWITCHES):
        value = given.get(name, [] if name == "conditions" else None)
        many = name in ("metrics", "conditions")
        good = isinstance(value, list) and all(isinstance(item, str) for item in value) if many else value
        if not (good if many else isinstance(value, str) and value):
            found.append(f"{where}: {name} is {value!r}; {'a list of names' if many else 'a text'} is expected")
    figure = given.get("figure")
    if isinstance(figure, str) and figure not in PLOT_NAMES:
        found.append(f"{where}: no figure {figure!r} (there are: {', '.join(PLOT_NAMES)})")
    return found
