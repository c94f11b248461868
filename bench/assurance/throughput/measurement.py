"""From slots to a parquet file of a results folder: one file a measurement, never changed afterwards."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench import schema
from bench.assurance.throughput.machine import Dose
from bench.assurance.throughput.slot import BOUND_TOLERANCE, LOAD_LIMIT, Slot, reasons
from bench.record.parquet import write_parquet
from bench.record.rows import Row
from bench.record.trials import Trial


def rows(slots: Sequence[Slot], trials: Mapping[str, Trial], dose: Dose, known: Mapping[str, Any]) -> list[Row]:
    """Return a row of the throughput table for each slot; `known` has the columns that all rows share."""
    return [
        _row(slot, why, trials[slot.condition], dose) | dict(known)
        for slot, why in zip(slots, reasons(slots), strict=True)
    ]


def _row(slot: Slot, why: str | None, trial: Trial, dose: Dose) -> Row:
    rows_per_step = min(trial.network.batch_size, trial.network.train_size)
    per_step = statistics.fmean(slot.seconds) / (dose.steps * dose.stack_size)
    samples = dose.stack_size * dose.steps * rows_per_step
    return {
        "study": trial.study,
        "condition": slot.condition,
        "condition_id": trial.condition.condition_id,
        "device": trial.device,
        "precision": trial.precision,
        "engine": trial.engine,
        "block": slot.block,
        "position": slot.position,
        "stack_size": dose.stack_size,
        "workers": len(slot.seconds),
        "steps": dose.steps,
        "batch_size": rows_per_step,
        "seconds_per_step": per_step,
        "throughput": sum(samples / seconds for seconds in slot.seconds),
        "bound_before": slot.bound_before,
        "bound_after": slot.bound_after,
        "fraction_of_bound": (slot.bound_before + slot.bound_after) / 2 / per_step,
        "others": slot.others,
        "load_limit": LOAD_LIMIT,
        "bound_tolerance": BOUND_TOLERANCE,
        "exclusive": why is None,
        "reason": why,
        "code_hash": trial.code_hash,
        "started_at": slot.started_at,
    }


def write(folder: Path, table: Sequence[Row]) -> Path:
    """Write a measurement beside those before it, named by its start and device; raise StorageError."""
    first = table[0]
    name = f"{first['started_at']:%Y%m%dT%H%M%S.%fZ}-{first['device']}-{first['precision']}.parquet"
    path = folder / schema.THROUGHPUT_FOLDER / name
    write_parquet(path, pa.Table.from_pylist(list(table), schema=schema.THROUGHPUT))
    return path
