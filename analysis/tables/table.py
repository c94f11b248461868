"""Any table of trials -> one checked, tidy `Table`: the only thing that the statistics see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from analysis.base.errors import TableError
from analysis.tables import checks, divergence
from analysis.tables.folds import columns_of_folds, of_folds, of_tasks
from analysis.tables.left_out import Dropped, failures, grouped, is_failed, keep_planned
from analysis.tables.pairing import PAIRS, SPLITS, Unit
from analysis.tables.plan import Plan, PlannedAnalysis
from analysis.tables.reading import Raw, from_memory, read
from analysis.tables.seeds import equal_as_numbers, names_of, numbered, seeds_of
from bench.schema import Arithmetic
from bench.schema.known_metrics import LATE_EPOCHS

__all__ = ["Dropped", "Table", "TableError", "from_frame", "from_raw", "load"]


@dataclass(frozen=True, eq=False)
class Table:
    """Trials that may be analysed together: one device, precision and data hash.

    Parameters
    ----------
    source : Path
        What was read.
    frame : DataFrame
        One row per trial that ended (ok or diverged), ordered by condition and seed, with the bool column
        ``diverged``: what the rule says (a column of that name in the source counts as a status). Never two rows of
        one (condition, seed).
    conditions : tuple of str
        In the order of the plan, else of first appearance; also those without a usable trial.
    seeds : tuple of int
        All seeds of `frame`, ascending.
    stays_at_chance : frozenset of str
        Negative controls.
    chance : float or None
        Accuracy of guessing, a fraction; None where neither the table nor the caller says.
    pool : mapping
        The one value of each of ``device``, ``precision``, ``data_hash`` that the table has.
    dropped : tuple of Dropped
        What was left out, and why; trials that are planned and not yet run too.
    warnings : tuple of str
        What a reader must know before believing the numbers.
    plan : Plan or None
        The folder's plan, where there is one.
    made_with : mapping
        What each environment of the folder computed with, by id.
    curves : pyarrow Table or None
        Curves that lie in the rows of their trials; those of a folder that lie in files of their own stay there.
    late_epochs : int
        How many of the last epochs ``late_test_accuracy`` is the median of.
    seed_names : tuple of str
        Names of the seeds, by their numbers; empty where seeds are numbers.
    notes : tuple of str
        How it was read, where it is no plain CSV, and which columns were taken for others.
    unit : Unit
        What conditions are paired by: seeds, or splits of one data set, which are not independent.
    """

    source: Path
    frame: pd.DataFrame
    conditions: tuple[str, ...]
    seeds: tuple[int, ...]
    stays_at_chance: frozenset[str]
    chance: float | None
    pool: Mapping[str, str]
    dropped: tuple[Dropped, ...]
    warnings: tuple[str, ...]
    plan: Plan | None
    made_with: Mapping[str, Arithmetic] = field(default_factory=dict)
    curves: pa.Table | None = None
    late_epochs: int = LATE_EPOCHS
    seed_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unit: Unit = PAIRS

    @property
    def of_own_code(self) -> bool:
        """Whether own training code made the trials, of whose data nothing is known."""
        return self.pool.get("engine") == "own"

    @property
    def example(self) -> str:
        """What one example of the data is called: in results of the runner's own data sets an image."""
        by_the_runner = self.plan is not None or "engine" in self.pool
        return "image" if by_the_runner and not self.of_own_code else "example"

    @property
    def analysis(self) -> PlannedAnalysis | None:
        """The analysis fixed before the data, where the folder has a plan."""
        return None if self.plan is None else self.plan.analysis

    def seeds_of(self, condition: str) -> int:
        """Return how many seeds are planned for a condition; without a plan, how many it has."""
        trials = () if self.plan is None else self.plan.trials
        planned = {trial.seed for trial in trials if trial.condition == condition}
        return len(planned) or len(self.rows_of(condition, "seed"))

    def rows_of(self, condition: str, *columns: str) -> pd.DataFrame:
        """Return the rows of one condition, ordered by seed; these `columns` alone where some are named."""
        frame = self.frame[list(columns)] if columns else self.frame
        return frame.iloc[self._places.get(condition, [])]

    def first_of(self, condition: str, column: str) -> Any:
        """Return the cell of a column at the first seed of a condition that has rows."""
        return self.frame[column].array[self._places[condition][0]]

    @cached_property
    def _places(self) -> Mapping[Any, Any]:
        """Places of the rows of each condition, int `[rows]`."""
        return self.frame.groupby("condition", sort=False, observed=True).indices


def load(path: Path | str, where: Mapping[str, str] | None = None, chance: float | None = None) -> Table:
    """Read and check a results folder, a parquet file or a CSV.

    Parameters
    ----------
    path : Path or str
        Any table with the columns ``condition`` and ``seed`` and at least one metric will do. A column ``diverged``
        (true or false) is believed as a status 'diverged' is.
    where : mapping of column to value, optional
        Keep only the rows with these values; needed where a table has several devices, precisions or data hashes.
    chance : float, optional
        Accuracy of guessing, a fraction; default: 1 / ``classes`` where the table has that column.

    Raises
    ------
    TableError
        With every fault that could be found.
    """
    return from_raw(Path(path), read(Path(path)), dict(where or {}), chance)


def from_frame(frame: pd.DataFrame, where: Mapping[str, str] | None = None, chance: float | None = None) -> Table:
    """Check a frame that is in memory already; the parameters and errors of `load`.

    NaN in a float column ``*_loss`` is a loss that is not finite, so the trial diverged; ``pd.NA`` is an empty cell.
    """
    return from_raw(Path("(frame)"), from_memory(frame), dict(where or {}), chance)


def from_raw(
    source: Path, raw: Raw, where: Mapping[str, str], chance: float | None = None, late_epochs: int | None = None
) -> Table:
    """Check what has been read from `source` already; the other parameters and errors of `analysis.load`."""
    if chance is not None and not 0 < chance < 1:
        raise TableError(source, [f"chance is {chance}; allowed: above 0 and below 1"])
    if late_epochs is not None and not late_epochs > 0:
        raise TableError(source, [f"late_epochs is {late_epochs}; allowed: a whole number above 0"])
    frame, seed_names = _canonical(source, raw)
    spelt = _spellings(raw.frame["condition"], frame["condition"])
    if raw.plan is None:
        spelt += equal_as_numbers(list(dict.fromkeys(frame["condition"])))
    frame, dropped = keep_planned(source, frame, raw.plan, where)
    _refuse(source, checks.where_faults(frame, where))
    for name, value in where.items():
        frame = frame[checks.matches(frame[name], value)]
    conditions = _conditions(frame, raw)
    failed = is_failed(frame)
    faults = checks.duplicate_faults(_without_pools(frame)) + checks.flag_faults(frame)
    faults += checks.pool_faults(frame[~failed]) + checks.count_faults(frame[~failed])
    _refuse(source, faults)
    frame = checks.showable(checks.with_numbers(frame))
    dropped += grouped(frame[failed], failures(frame[failed]))
    made = _assemble(source, frame[~failed], raw.plan, (conditions, chance, dropped))
    planned = None if made.analysis is None else made.analysis.late_epochs
    folds = columns_of_folds(made.frame, raw.seed)
    return replace(
        made,
        warnings=(*spelt, *([of_folds(folds)] if folds else []), *of_tasks(raw.seed), *raw.warnings, *made.warnings),
        unit=SPLITS if folds or (made.analysis is not None and made.analysis.test_fraction is not None) else PAIRS,
        made_with=raw.made_with,
        curves=raw.curves,
        late_epochs=late_epochs or planned or LATE_EPOCHS,
        seed_names=seed_names,
        notes=(f"{source.name}: {'; '.join(raw.notes)}",) if raw.notes else (),
    )


def _assemble(
    source: Path,
    frame: pd.DataFrame,
    plan: Plan | None,
    parts: tuple[tuple[str, ...], float | None, list[Dropped]],
) -> Table:
    conditions, given_chance, dropped = parts
    exempt = _meant_at_chance(frame, plan)
    stated = plan.chance if given_chance is None and plan is not None else given_chance
    chance, warnings = divergence.chance_of(frame, stated)
    if "diverged" in frame.columns:
        frame = frame.rename(columns={"diverged": divergence.SAID})
    marked, more = divergence.diverged(frame, chance, exempt)
    order = {label: i for i, label in enumerate(conditions)}
    frame = frame.assign(diverged=marked)
    frame = frame.sort_values(["condition", "seed"], key=lambda c: c.map(order) if c.name == "condition" else c)
    return Table(
        source=source,
        frame=frame.reset_index(drop=True),
        conditions=conditions,
        seeds=tuple(sorted(int(seed) for seed in frame["seed"].unique())),
        stays_at_chance=exempt,
        chance=chance,
        pool={n: checks.as_text(frame[n].iloc[0]) for n in checks.POOLS if n in frame.columns and len(frame)},
        dropped=tuple(dropped),
        warnings=tuple(warnings + more),
        plan=plan,
    )


def _refuse(source: Path, faults: list[str]) -> None:
    if faults:
        raise TableError(source, faults)


def _canonical(source: Path, raw: Raw) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Check the columns that identify a trial and give them their types; return the names of seeds too."""
    frame = raw.frame
    _refuse(source, checks.column_faults(frame))
    faults = checks.identity_faults(frame)
    if raw.plan is not None and "trial_id" not in frame.columns:
        faults.append("column 'trial_id' is missing; a folder with a plan.json needs it")
    _refuse(source, faults)
    frame = frame.assign(condition=checks.each_once(frame["condition"], _label).astype(object))
    seeds = seeds_of(frame)
    names = names_of(frame) if seeds.isna().any() else None
    if names is None:
        return frame.assign(seed=seeds.astype("int64")), ()
    numbers, order = numbered(names)
    return frame.assign(**{"seed": numbers.astype("int64"), checks.SEED_NAME: names}), order


def _label(cell: object) -> str:
    """Return a label without blanks around it, in the composed form of Unicode: as it looks."""
    return unicodedata.normalize("NFC", str(cell)).strip()


def _spellings(raw: pd.Series, labels: pd.Series) -> list[str]:
    """Return a warning for each condition whose label is written in several ways that look alike."""
    written = checks.each_once(raw, str).groupby(labels.to_numpy(), sort=False).unique()
    return [
        f"the labels {', '.join(ascii(each) for each in ways)} look alike and are read as one condition, {label!r}"
        for label, ways in written.items()
        if len(ways) > 1
    ]


def _without_pools(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with conditions told apart by device, precision and data: repeats there are no duplicates."""
    pools = [checks.each_once(frame[name], checks.as_text) for name in checks.POOLS if name in frame.columns]
    label = frame["condition"]
    for values in pools:
        if values.nunique() > 1:
            label = label + " on " + values
    return frame.assign(condition=label)


def _conditions(frame: pd.DataFrame, raw: Raw) -> tuple[str, ...]:
    if raw.plan is not None:
        return tuple(each.label for each in raw.plan.conditions)
    labels = [str(label) for label in frame["condition"].unique()]
    return tuple(labels if raw.ordered else sorted(labels, key=_natural))


def _natural(label: str) -> list[tuple[int, float, str]]:
    pieces = re.findall(r"\d+(?:\.\d+)?|\D+", label)
    return [(0, float(piece), "") if piece[0].isdigit() else (1, 0.0, piece) for piece in pieces]


def _meant_at_chance(frame: pd.DataFrame, plan: Plan | None) -> frozenset[str]:
    if plan is not None:
        return frozenset(each.label for each in plan.conditions if each.stays_at_chance)
    if "stays_at_chance" not in frame.columns:
        return frozenset()
    flagged = frame["stays_at_chance"].fillna(False).astype(bool)
    return frozenset(str(label) for label in frame.loc[flagged, "condition"].unique())
