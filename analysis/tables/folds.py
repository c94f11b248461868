"""Other things in place of seeds: folds and random splits, whose training sets overlap, and tasks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis.base.errors import TableError, option
from analysis.tables.names import last_part
from analysis.tables.pairing import Unit

FOLDS = ("fold", "cv_fold", "split", "repeat", "resample")
TASKS = ("task", "dataset", "data_set", "problem", "benchmark", "environment", "env", "domain")


def is_of_folds(name: str) -> bool:
    """Return whether a column of this name has folds or splits: ``fold``, ``params.fold``."""
    return last_part(name) in FOLDS


def columns_of_folds(frame: pd.DataFrame, seed: str) -> list[str]:
    """Return the columns that say, by name and by values within a condition, that the blocks are folds or splits.

    `seed` is the name that the column of seeds came with.
    """
    columns = {str(name): name for name in frame.columns if is_of_folds(str(name))}
    columns |= {seed: "seed"} if is_of_folds(seed) else {}
    return [name for name, column in columns.items() if (frame.groupby("condition")[column].nunique() > 1).any()]


def of_folds(names: Sequence[str]) -> str:
    """Return the warning of a table whose columns `names` are of folds or splits."""
    columns = " and ".join(f"'{name}'" for name in names)
    return (
        f"column {columns}: folds and random splits of one data set share training data, so they are no independent "
        "seeds; rename the column where it means something else"
    )


def of_tasks(name: str) -> list[str]:
    """Return the warning of a table whose column of seeds came with a `name` that tasks have."""
    if last_part(name) not in TASKS:
        return []
    return [
        f"column {name!r} was given as seeds, and its name is one of tasks: what is written of new seeds is then of "
        f"new tasks; {option('task', name)} compares over tasks, and says so"
    ]


def refuse_folds(source: Path, unit: Unit, what: str) -> None:
    """Raise TableError where the blocks of a table are folds or splits, for `what` takes them as independent."""
    if not unit.independent:
        raise TableError(
            source,
            [f"{what} takes independent seeds, and these are splits of one data set, which share training data"],
        )
