"""``python -m bench status DIR``."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from bench.base.errors import StorageError
from bench.commands import options as common

NAME = "status"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path)


def execute(options: argparse.Namespace) -> int:
    """Print where the results folder stands with its own plan."""
    from bench import schema
    from bench.record.origins import notes
    from bench.record.store import Store

    store = Store(options.folder)
    planned = store.plan()
    if planned is None:
        raise StorageError(f"{options.folder}: no results folder ({schema.PLAN_FILE} is missing)")
    found = {trial["trial_id"]: store.read(trial["trial_id"]) for trial in planned["trials"]}
    counts = Counter(row["status"] if row else "to do" for row in found.values())
    devices = Counter(trial["device"] for trial in planned["trials"] if found[trial["trial_id"]] is None)
    print(f"study {planned['study']}: {len(found)} trials planned")
    for name in (schema.OK, schema.DIVERGED, schema.FAILED, "to do"):
        on = f" ({', '.join(f'{n} on {d}' for d, n in devices.items())})" if name == "to do" and devices else ""
        print(f"{counts[name]:>8}  {name}{on}")
    stale = len(set(store.trial_ids()) - found.keys())
    print(f"{stale:>8}  stale (outside the present plan; left out of the analysis)")
    finished = (row for row in found.values() if row and row["status"] != schema.FAILED)
    for note in notes(finished, store.made_with()):
        print(f"note: {note}")
    for row in found.values():
        if row and row["status"] == schema.FAILED:
            print(f"failed: {row['condition']}, seed {row['seed']}, {row['device']}: {row['error']}")
    return common.DONE
