"""Results in few files, curves included: one parquet file, or a packed results folder. Nothing damaged is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bench import schema
from bench.base.errors import StorageError
from bench.base.files import write_atomically
from bench.record.parquet import write_parquet
from bench.record.store import Store, store_of_task
from bench.record.tables import in_order
from bench.schema.curves import CURVES_COLUMN, with_curves
from bench.schema.files import AllBut
from bench.schema.paths import TASKS_FILE

TASK = "task"
"""The column that says of which task a trial is."""
ABOUT_TASKS = (schema.STUDY_FILE, TASKS_FILE)
ABOUT = (schema.PLAN_FILE, schema.STUDY_FILE, schema.PLANS_LOG, schema.REHEARSAL_FILE)


@dataclass(frozen=True)
class Exported:
    """What was written."""

    trials: int
    points: int
    """Rows of curves: one per trial and epoch."""
    without_curve: int
    """Trials that were trained, and have no curve on disk."""


def export(store: Store, file: Path) -> Exported:
    """Write the trials of the present plan as one parquet file, each with its curve in its row; raise StorageError.

    Where the folder has several tasks a column says of which a trial is.
    """
    found = _by_task(store)
    for each in found.values():
        if file.resolve().parent in (each.trials.resolve(), each.curves.resolve()):
            raise StorageError(
                f"{file}: is among the trials themselves, where every file is one trial. Give another FILE."
            )
    tables = {task: _planned(each) for task, each in found.items()}
    whole = [
        table if task is None else table.append_column(TASK, pa.repeat(task, table.num_rows))
        for task, (rows, curves) in tables.items()
        for table in [with_curves(rows, curves)]
    ]
    write_parquet(file, pa.concat_tables(whole, promote_options="permissive"), compression="zstd")
    return _together(_exported(*each) for each in tables.values())


def pack(store: Store, folder: Path) -> Exported:
    """Write a results folder with the trials of the present plan in one file, and their curves in another.

    It is read like any other. Of one with several tasks each is packed. Raises StorageError, also where `folder` is in
    use.
    """
    if folder.exists() and any(folder.iterdir()):
        raise StorageError(f"{folder}: is not empty. Give another folder, or a FILE that ends in .parquet.")
    if store.tasks() is None:
        return _pack(store, folder)
    packed = _together([_pack(each, folder / str(task)) for task, each in _by_task(store).items()])
    _copy(store, folder, ABOUT_TASKS)
    return packed


def _by_task(store: Store) -> dict[str | None, Store]:
    """Return the results of each task of a folder; those of the folder itself where it has no tasks."""
    tasks = store.tasks()
    return {name: store_of_task(store.folder, name) for name in tasks.names} if tasks else {None: store}


def _pack(store: Store, folder: Path) -> Exported:
    rows, curves = _planned(store)
    other = Store(folder)
    other.prepare()
    write_parquet(other.curves / schema.PACKED_FILE, curves, compression="zstd")
    write_parquet(other.trials / schema.PACKED_FILE, rows, compression="zstd")
    environments = {f"{schema.ENVIRONMENT_FOLDER}/{each}.json" for each in rows["environment_id"].unique().to_pylist()}
    _copy(store, folder, (*ABOUT, *sorted(environments)))
    return _exported(rows, curves)


def _copy(store: Store, folder: Path, names: Iterable[str]) -> None:
    """Copy files of a results folder as far as they are there, and all of its user's own code."""
    own = [store.folder / each for each in (schema.PLUGINS_FOLDER, schema.CODE_FOLDER)]
    copied = [str(path.relative_to(store.folder)) for each in own for path in each.rglob("*") if path.is_file()]
    for name in (*names, *sorted(copied)):
        if (store.folder / name).exists():
            write_atomically(folder / name, (store.folder / name).read_bytes())


def _planned(store: Store) -> tuple[pa.Table, pa.Table]:
    """Return the trials on disk of the present plan, or all where there is none, and their curves."""
    plan, rows = store.plan(), store.table(AllBut(frozenset({CURVES_COLUMN})))
    ids = rows["trial_id"].to_pylist()
    wanted = sorted(ids) if plan is None else [trial["trial_id"] for trial in plan["trials"]]
    places = {trial_id: place for place, trial_id in enumerate(ids)}
    rows = rows.take(pa.array((places[trial_id] for trial_id in wanted if trial_id in places), pa.int64()))
    if not rows.num_rows:
        raise StorageError(f"{store.folder}: there are no trials to export")
    return in_order(rows), store.curves_of(rows["trial_id"].to_pylist())


def _exported(rows: pa.Table, curves: pa.Table) -> Exported:
    trained = set(rows.filter(pc.field("status") != schema.FAILED)["trial_id"].to_pylist())
    have = set(curves["trial_id"].unique().to_pylist())
    return Exported(rows.num_rows, curves.num_rows, len(trained - have))


def _together(each: Iterable[Exported]) -> Exported:
    found = list(each)
    return Exported(
        sum(one.trials for one in found), sum(one.points for one in found), sum(one.without_curve for one in found)
    )
