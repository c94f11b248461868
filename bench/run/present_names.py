"""Which trials on disk the study gives other names than their rows have: another label, mark, factor or status."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bench.record import rows
from bench.record.trials import Trial
from bench.run.standing import Standing

if TYPE_CHECKING:
    from bench.record.rows import Row

_OF_EACH = {"trial_id", "seed", "init_seed", "order_seed", "mask_seed", "code_hash", "data_hash"}
"""Columns of a trial's names that its id fixes, or that stay as they are."""
_ENDED_BY = {"status", "error", "test_correct", "test_total", "test_accuracy", "classes", "stays_at_chance", "diverged"}
"""Columns, beside losses, that say how a trial ended."""


def changed_names(now: Standing, factors: list[str]) -> Iterator[Row]:
    """Yield what the study changes in the row of each trial that is done, with its id; mostly nothing.

    Trials of a condition have their names in common, so that whole columns are compared.
    """
    alike: dict[tuple[int, str, str, str], list[int]] = defaultdict(list)
    for place, trial in enumerate(now.done):
        alike[id(trial.condition), trial.device, trial.precision, trial.engine].append(place)
    for places in alike.values():
        trials, table = [now.done[place] for place in places], now.table.take(pa.array(places))
        if _has_names(table, rows.identity(trials[0], factors)):
            ended = [name for name in table.column_names if name in _ENDED_BY or name.endswith("_loss")]
            found = table.select(ended).to_pylist()
            some = [place for place, row in enumerate(found) if rows.ended(trials[place], row) != row["status"]]
            trials, table = [trials[place] for place in some], table.take(pa.array(some, pa.int64()))
        yield from _changes(trials, table, factors)


def _has_names(table: pa.Table, names: Row) -> bool:
    """Return whether every row has these names."""
    for column, value in names.items():
        if column in _OF_EACH:
            continue
        if column not in table.column_names:
            return False
        found = table[column]
        same = found.null_count == len(found) if value is None else pc.all(pc.equal(found, value), skip_nulls=False)
        if not (same if isinstance(same, bool) else same.as_py()):
            return False
    return True


def _changes(trials: list[Trial], table: pa.Table, factors: list[str]) -> Iterator[Row]:
    for trial, row in zip(trials, table.to_pylist(), strict=True):
        stamped = rows.stamp(trial, row, factors)
        changed = {key: value for key, value in stamped.items() if row.get(key) != value}
        if changed:
            yield changed | {"trial_id": row["trial_id"]}
