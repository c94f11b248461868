"""What the row of own training code says: its dropout rate where it has one, and how it ended."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from bench import schema
from bench.record.experiment import Experiment


def rate(experiment: Experiment, changes: Iterable[tuple[str, Any]]) -> float | None:
    """Return the setting ``dropout`` where it is a rate and the condition sets nothing else."""
    given = dict(experiment.settings).get("dropout")
    if not isinstance(given, int | float) or isinstance(given, bool) or {key for key, _ in changes} - {"dropout"}:
        return None
    return float(given) if 0 <= given <= 1 else None


def status(row: Mapping[str, Any], chance: float | None) -> str:
    """Return whether a trial failed, diverged (a loss is not finite, it said so, or it ended at chance), or is ok."""
    if row.get("error") is not None:
        return schema.FAILED
    losses = [value for name, value in row.items() if name.endswith("_loss") and value is not None]
    finite = all(map(math.isfinite, losses)) and not row.get("diverged")
    right = row.get("test_correct")
    accuracy = row.get("test_accuracy") if right is None else right / row["test_total"]
    at_chance = accuracy is not None and bool(schema.is_at_chance(accuracy, chance))
    return schema.DIVERGED if schema.has_diverged(finite, at_chance, row["stays_at_chance"]) else schema.OK
