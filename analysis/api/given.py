"""What is given by name from Python: checked to be of its kind, and what is not given taken from the plan."""

from __future__ import annotations

import operator
from pathlib import Path

from analysis.base.errors import TableError
from analysis.tables.checks import as_text
from analysis.tables.plan import PlannedAnalysis
from analysis.tables.question import Question


def numbers(source: Path | str, **given: object) -> dict[str, float | None]:
    """Return numbers, of NumPy too, as Python's; None stays. Raise TableError for what is none."""
    found: dict[str, float | None] = {}
    faults = []
    for name, value in given.items():
        try:
            found[name] = None if value is None else float(value)  # pyrefly: ignore
        except (TypeError, ValueError):
            faults.append(f"{name} is {value!r}; allowed: a number")
    if faults:
        raise TableError(source, faults)
    return found


def number(source: Path | str, name: str, value: object) -> float:
    """Return a number that has to be there, of NumPy too, as Python's. Raise TableError for what is none."""
    found = numbers(source, **{name: value})[name]
    if found is None:
        raise TableError(source, [f"{name} is None; allowed: a number"])
    return found


def whole(source: Path | str, name: str, value: object) -> int | None:
    """Return a whole number, of NumPy too, as Python's; None stays. Raise TableError for what is none."""
    try:
        return None if value is None else operator.index(value)  # pyrefly: ignore
    except TypeError as error:
        raise TableError(source, [f"{name} is {value!r}; allowed: a whole number"]) from error


def metric_and_control(
    source: Path | str, plan: PlannedAnalysis | None, metric: object, control: object = ""
) -> tuple[str, str]:
    """Return both as text, as a table has them; by default those of the plan. Raise TableError where there is none.

    An empty control is one that is not asked for.
    """
    found = {
        "metric": plan.primary if metric is None and plan else metric,
        "control": plan.control if control is None and plan else control,
    }
    faults = [
        f"{name} is missing; only a results folder whose plan has an analysis may leave it out"
        for name, value in found.items()
        if value is None
    ]
    if faults:
        raise TableError(source, faults)
    return as_text(found["metric"]), as_text(found["control"])


def alpha_of(plan: PlannedAnalysis | None, alpha: float | None) -> float:
    """Return the error rate: as given, else the plan's, else 5%."""
    return alpha if alpha is not None else plan.alpha if plan else Question.ALPHA
