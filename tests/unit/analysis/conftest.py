"""Made-up measurements of speed in the form of the schema."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from bench import schema
from tests.results import write

SECONDS = 0.004
START = datetime(2026, 1, 3, 12, tzinfo=UTC)


def slots(
    ratios: Mapping[str, float], blocks: int = 8, noise: float = 0.004, device: str = "cpu", start: datetime = START
) -> list[dict[str, Any]]:
    """Return the rows of a measurement in which each condition's time is the control's times its ratio."""
    rng = np.random.default_rng([blocks, len(ratios)])
    rows = []
    for block in range(blocks):
        drift = math.exp(rng.normal(0, 0.05))
        for position, (label, ratio) in enumerate(ratios.items()):
            seconds = SECONDS * ratio * drift * math.exp(rng.normal(0, noise))
            rows.append(
                {
                    "study": "dropout", "condition": label, "condition_id": label, "device": device,
                    "precision": "float32", "engine": "stacked", "block": block, "position": position,
                    "stack_size": 8, "workers": 2, "steps": 40, "batch_size": 256, "seconds_per_step": seconds,
                    "throughput": 2 * 256 / seconds, "bound_before": 0.9 * SECONDS, "bound_after": 0.9 * SECONDS,
                    "fraction_of_bound": 0.9 * SECONDS / seconds, "others": 0.01, "load_limit": 0.05,
                    "bound_tolerance": 0.1, "exclusive": True, "reason": None, "order_seed": 0,
                    "environment_id": "e0", "code_hash": "c0de", "started_at": start + timedelta(seconds=len(rows)),
                }
            )  # fmt: skip
    return rows


def disturbed(row: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a slot during which something else ran."""
    return row | {"exclusive": False, "reason": "other load: 0.80 cores (limit 0.05)", "others": 0.8} | changes


def write_slots(folder: Path, rows: Sequence[Mapping[str, Any]], name: str = "made") -> Path:
    """Write a measurement into a results folder."""
    path = folder / schema.THROUGHPUT_FOLDER / f"{name}.parquet"
    write(path, pa.Table.from_pylist([dict(row) for row in rows], schema=schema.THROUGHPUT))
    return path


@pytest.fixture
def made_slots():
    return slots


@pytest.fixture
def disturb():
    return disturbed


@pytest.fixture
def measured():
    return write_slots
