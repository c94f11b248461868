"""Where a study stands: which of its trials are done, to do, or for a device that is not here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from bench import schema
from bench.base.errors import DeviceError
from bench.base.precision import Target
from bench.record.store import Store
from bench.record.trials import Trial
from bench.schema.curves import CURVES_COLUMN
from bench.schema.files import AllBut
from bench.study.study import Study

if TYPE_CHECKING:
    from bench.record.rows import Row

HEAVY = frozenset({"test_bits", "test_groups", CURVES_COLUMN})
"""Columns that take most of the room, and say nothing of where a study stands."""


@dataclass(frozen=True)
class Standing:
    """Where a study stands: each of its trials in one of these lists."""

    done: list[Trial]
    to_do: list[Trial]
    """Not trained yet, or failed: a failed trial is tried again."""
    absent: list[Trial]
    """To do as well, but their device, or its arithmetic, is not here."""
    table: pa.Table
    """The row on disk of each trial that is done, in the order of `done`, less `HEAVY`."""
    stale: int
    """Trials on disk that the study does not ask for: other settings, or other versions."""

    def rows(self, *columns: str) -> list[Row]:
        """Return these columns of the trials that are done, in the order of `done`."""
        return self.table.select(list(columns)).to_pylist()


def present_targets(study: Study, choice: str) -> list[Target]:
    """Return the study's targets that `choice` (auto, cpu or cuda) allows and this machine has; raise DeviceError."""
    targets = study.targets()
    if choice == "auto":
        return [target for target in targets if target.is_present()]
    if choice not in study.devices:
        raise DeviceError(
            f"--device {choice} was given; study {study.name} has devices {', '.join(study.devices)}."
            f' Add "{choice}" to devices in its [trials].'
        )
    present = [target for target in targets if target.device == choice and target.is_present()]
    if not present:
        named = ", ".join(str(target) for target in targets if target.device == choice)
        raise DeviceError(f"--device {choice} was given, but PyTorch finds none of these here: {named}.")
    return present


def standing(study: Study, store: Store, targets: list[Target]) -> Standing:
    """Return where `study` stands in `store`; raise StorageError where a file is damaged."""
    done, to_do, absent = [], [], []
    trials, table = study.trials(), store.table(AllBut(HEAVY))
    ids = table["trial_id"].to_pylist()
    places = {trial_id: place for place, trial_id in enumerate(ids)}
    statuses = dict(zip(ids, table["status"].to_pylist(), strict=True))
    for trial in trials:
        if statuses.get(trial.trial_id, schema.FAILED) != schema.FAILED:
            done.append(trial)
        else:
            (to_do if trial.target in targets else absent).append(trial)
    stale = statuses.keys() - {trial.trial_id for trial in trials}
    return Standing(
        done, to_do, absent, table.take(pa.array((places[trial.trial_id] for trial in done), pa.int64())), len(stale)
    )
