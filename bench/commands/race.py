"""``python -m bench race``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from bench.assurance.race import CONTESTANTS, ENGINE
from bench.base.errors import UsageError, nearest
from bench.base.files import write_atomically
from bench.base.precision import Target
from bench.commands import options as common

NAME = "race"
DATA = "fashion_mnist"
HIDDEN, DROPOUT, BATCH, LEARNING_RATE = (256, 256), (0.2, 0.5), 256, 0.5
BLOCKS = 5


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "--blocks", type=common.count, default=BLOCKS, help="times that each runs (default: %(default)s)"
    )
    parser.add_argument(
        "--rivals", nargs="+", metavar="NAME", help=f"some of: {', '.join(n for n in CONTESTANTS if n != ENGINE)}"
    )
    parser.add_argument("--out", type=common.folder, default=Path("results/race"), metavar="DIR", help="%(default)s")
    parser.add_argument("--data", default=DATA, help="data set (default: %(default)s)")


def execute(options: argparse.Namespace) -> int:
    """Race this engine against other ways to train the same networks, side by side on this machine."""
    from bench.assurance.race.course import Race
    from bench.assurance.race.standings import ERROR, standings
    from bench.assurance.race.table import render
    from bench.assurance.race.task import Task
    from bench.assurance.race.task_files import publish
    from bench.base import multiplying
    from bench.data import DATA_SETS, data_root, fetch
    from bench.record.trials import Recipe
    from bench.run.provenance import environment

    names = chosen(options.rivals)
    if options.data not in DATA_SETS:
        raise UsageError(f"no data set {options.data}{nearest(options.data, DATA_SETS)} ({', '.join(DATA_SETS)})")
    fetch(options.data)
    data_set = DATA_SETS[options.data]
    sizes = (data_set.pixels, *HIDDEN, data_set.classes)
    task = Task(options.data, sizes, DROPOUT, data_set.train_total, BATCH, LEARNING_RATE)
    recipe = Recipe(options.data, task.train_size, 0, HIDDEN, "default", 1, BATCH, LEARNING_RATE)
    multiplying.use(multiplying.fastest({sizes: BATCH}))
    machine = environment([Target("cpu", "float32")], [recipe])
    with tempfile.TemporaryDirectory(prefix="race-") as folder:
        publish(data_set, data_root(), Path(folder))
        with Race(task, Path(folder), [CONTESTANTS[name] for name in names], _say) as race:
            race.prepare()
            slots = race.blocks(options.blocks)
            record = race.record() | {"environment": machine, "blocks": options.blocks, "slots": slots}
    record["standings"] = standings(record)
    write_atomically(options.out / "race.json", (json.dumps(record, indent=1) + "\n").encode())
    write_atomically(options.out / "race.md", render(record).encode())
    print(render(record))
    return common.SOME_FAILED if any(row["status"] == ERROR for row in record["standings"]) else common.DONE


def chosen(rivals: list[str] | None) -> list[str]:
    """Return the names of those who take part, the engine always; raise UsageError for one that does not exist."""
    if unknown := [name for name in rivals or () if name not in CONTESTANTS]:
        hints = "; ".join(f"no contestant {name}{nearest(name, CONTESTANTS)}" for name in unknown)
        raise UsageError(f"{hints} ({', '.join(CONTESTANTS)})")
    return [name for name in CONTESTANTS if rivals is None or name in rivals or name == ENGINE]


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
