"""``python -m bench status DIR``."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bench.base.errors import StorageError
from bench.commands import options as common
from bench.schema.characters import escaped

if TYPE_CHECKING:
    from bench.record.rows import Row
    from bench.record.store import Store

NAME = "status"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=common.folder)


def execute(options: argparse.Namespace) -> int:
    """Print where the results folder, or each task in it, stands with its own plan."""
    from bench import schema
    from bench.record.store import Store, store_of_task

    store = Store(options.folder)
    tasks = store.tasks()
    if tasks is None:
        if (planned := store.plan()) is None:
            raise StorageError(f"{options.folder}: no results folder ({schema.PLAN_FILE} is missing)")
        _print(store, planned)
        return common.DONE
    print(f"study {tasks.study}: {len(tasks.names)} tasks")
    for name in tasks.names:
        store = store_of_task(options.folder, name)
        print(f"task {name}")
        if (planned := store.plan()) is None:
            print("no trial was begun")
        else:
            _print(store, planned)
    return common.DONE


def _print(store: Store, planned: Mapping[str, Any]) -> None:
    from bench import schema
    from bench.record.origins import TELLS_ORIGIN, notes
    from bench.schema.rehearsal import broken_laws

    shown = ("error", "condition", "seed", *TELLS_ORIGIN)
    on_disk = {row["trial_id"]: row for row in store.table(shown).select(["trial_id", "status", *shown]).to_pylist()}
    found = {trial["trial_id"]: on_disk.get(trial["trial_id"]) for trial in planned["trials"]}
    counts = Counter(row["status"] if row else "to do" for row in found.values())
    devices = Counter(trial["device"] for trial in planned["trials"] if found[trial["trial_id"]] is None)
    print(f"study {planned['study']}: {len(found)} trials planned")
    for name in (schema.OK, schema.DIVERGED, schema.FAILED, "to do"):
        on = f" ({', '.join(f'{n} on {d}' for d, n in devices.items())})" if name == "to do" and devices else ""
        print(f"{counts[name]:>8}  {name}{on}")
    stale = len(on_disk.keys() - found.keys())
    print(f"{stale:>8}  stale (outside the present plan; left out of the analysis)")
    finished = (row for row in found.values() if row and row["status"] != schema.FAILED)
    for note in notes(finished, store.made_with()):
        print(f"note: {note}")
    for each in broken_laws(store.rehearsal(), planned):
        print(f"warning: {each.told()}")
    failed = [row for row in found.values() if row and row["status"] == schema.FAILED]
    for error, rows in groupby(sorted(failed, key=_error), _error):
        first, *more = rows
        others = f" and {len(more)} more" if more else ""
        print(f"failed: {first['condition']}, seed {first['seed']}, {first['device']}{others}: {error}")


def _error(row: Row) -> str:
    return escaped(row["error"], but="\n")
