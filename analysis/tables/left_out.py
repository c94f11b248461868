"""Trials that are left out of a table: failed, stale, and planned but not yet run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.errors import TableError
from analysis.base.records import Record
from analysis.tables import checks
from analysis.tables.plan import Plan
from bench.schema import FAILED
from bench.schema.characters import escaped


@dataclass(frozen=True)
class Dropped(Record):
    """Trials of one condition that are left out for one reason."""

    condition: str
    seeds: tuple[int, ...] | tuple[str, ...]
    reason: str

    @property
    def count(self) -> int:
        """How many trials these are."""
        return len(self.seeds)

    def to_json(self) -> dict[str, Any]:
        """Return the keys ``condition``, ``seeds``, ``count``, ``reason``."""
        return {
            "condition": self.condition,
            "seeds": list(self.seeds),
            "count": self.count,
            "reason": self.reason,
        }


def keep_planned(
    source: Path, frame: pd.DataFrame, plan: Plan | None, where: Mapping[str, str]
) -> tuple[pd.DataFrame, list[Dropped]]:
    """Keep the trials that the plan asks for, under the plan's labels; list stale and missing ones."""
    if plan is None:
        return frame, []
    planned = pd.DataFrame(
        [vars(trial) for trial in plan.trials],
        columns=["trial_id", "condition", "seed", "device", "precision"],
    )
    stale = _absent(frame["trial_id"], planned["trial_id"])
    dropped = grouped(frame[stale], ["stale: not in the present plan"] * int(stale.sum()))
    missing = planned[_absent(planned["trial_id"], frame["trial_id"])]
    for name in ("condition", "seed", "device", "precision"):
        if name in where:
            missing = missing[checks.matches(missing[name], where[name])]
    devices = missing["device"].map(lambda device: f"not yet run (device {device})" if device else "not yet run")
    dropped += grouped(missing, list(devices))
    kept = frame[~stale].drop(columns="condition").merge(planned[["trial_id", "condition"]], on="trial_id")
    if kept.empty:
        raise TableError(source, ["none of the trials on disk is in plan.json; run the study first"])
    return kept, dropped


def _absent(ids: pd.Series, among: pd.Series) -> np.ndarray:
    """Return which ids are not `among` others; a set is much faster than pandas's look at columns of texts."""
    known = set(among.tolist())
    return np.array([each not in known for each in ids.tolist()], bool)


def grouped(frame: pd.DataFrame, reasons: list[str]) -> list[Dropped]:
    """Return the trials of `frame` by condition and reason, which has one entry per row."""
    labelled = pd.DataFrame(
        {"condition": frame["condition"].to_numpy(), "seed": frame["seed"].to_numpy(), "reason": reasons}
    )
    return [
        Dropped(str(condition), tuple(sorted(int(seed) for seed in rows["seed"])), str(reason))
        for (condition, reason), rows in labelled.groupby(["condition", "reason"], sort=False)
    ]


def is_failed(frame: pd.DataFrame) -> pd.Series:
    """Return which trials failed, by their status."""
    if "status" not in frame.columns:
        return pd.Series(False, index=frame.index)
    return frame["status"] == FAILED


def failures(frame: pd.DataFrame) -> list[str]:
    """Return why each of these trials has no result, in its own lines: what training code said may have colours."""
    if "error" not in frame.columns:
        return ["failed"] * len(frame)
    return [escaped(f"failed: {error}", but="\n") if checks.as_text(error) else "failed" for error in frame["error"]]
