"""Results in few files, curves included: one parquet file, or a packed results folder. Nothing damaged is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from bench import schema
from bench.base.errors import StorageError
from bench.base.files import write_atomically
from bench.record.parquet import write_parquet
from bench.record.store import Store, trials_table
from bench.schema.curves import with_curves

if TYPE_CHECKING:
    from bench.record.rows import Row


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
    """Write the trials of the present plan as one parquet file, each with its curve in its row; raise StorageError."""
    if file.resolve().parent in (store.trials.resolve(), store.curves.resolve()):
        raise StorageError(f"{file}: is among the trials themselves, where every file is one trial. Give another FILE.")
    rows, curves = _planned(store)
    write_parquet(file, with_curves(trials_table(rows), curves), compression="zstd")
    return _exported(rows, curves)


def pack(store: Store, folder: Path) -> Exported:
    """Write a results folder with the trials of the present plan in one file, and their curves in another.

    It is read like any other. Raises StorageError, also where `folder` is in use.
    """
    if folder.exists() and any(folder.iterdir()):
        raise StorageError(f"{folder}: is not empty. Give another folder, or a FILE that ends in .parquet.")
    rows, curves = _planned(store)
    other = Store(folder)
    other.prepare()
    write_parquet(other.curves / schema.PACKED_FILE, curves, compression="zstd")
    write_parquet(other.trials / schema.PACKED_FILE, trials_table(rows), compression="zstd")
    own = [store.folder / each for each in (schema.PLUGINS_FOLDER, schema.CODE_FOLDER)]
    copied = [str(path.relative_to(store.folder)) for each in own for path in each.rglob("*") if path.is_file()]
    environments = {f"{schema.ENVIRONMENT_FOLDER}/{row['environment_id']}.json" for row in rows}
    for name in (*ABOUT, *sorted(copied), *sorted(environments)):
        if (store.folder / name).exists():
            write_atomically(folder / name, (store.folder / name).read_bytes())
    return _exported(rows, curves)


def _planned(store: Store) -> tuple[list[Row], pa.Table]:
    """Return the trials on disk of the present plan, or all where there is none, and their curves."""
    plan = store.plan()
    wanted = store.trial_ids() if plan is None else [trial["trial_id"] for trial in plan["trials"]]
    rows = [row for trial_id in wanted if (row := store.read(trial_id)) is not None]
    if not rows:
        raise StorageError(f"{store.folder}: there are no trials to export")
    return rows, store.curves_of(row["trial_id"] for row in rows)


def _exported(rows: list[Row], curves: pa.Table) -> Exported:
    trained = {row["trial_id"] for row in rows if row["status"] != schema.FAILED}
    have = set(curves["trial_id"].unique().to_pylist())
    return Exported(len(rows), curves.num_rows, len(trained - have))
