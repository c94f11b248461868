"""``python -m analysis import KIND PATH... --out FILE``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analysis.commands import options
from analysis.importing.kinds import KINDS

NAME, HELP = "import", "other people's logs -> one tidy table that every command here takes"

_EXAMPLES = ("lm-eval", "inspect")
"""Kinds of which --metric says whose single examples are taken."""


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.epilog = "\n".join(["KIND and PATH:", *(f"  {each.name:<12} {each.reads}" for each in KINDS)])
    command.add_argument(
        "kind", metavar="KIND", choices=[each.name for each in KINDS], help="what wrote the logs, below"
    )
    command.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="files and folders of that kind")
    command.add_argument("--out", metavar="FILE", required=True, type=options.local, help="a .parquet or .csv to write")
    command.add_argument(
        "--condition-column",
        metavar="SETTING",
        action="append",
        default=[],
        help="setting that is compared; repeated: their combination; default: by name (method, model, ...)",
    )
    command.add_argument(
        "--seed-column", metavar="SETTING", help="setting that is the seed; default: seed, random_state, ..."
    )
    command.add_argument("--task", metavar="SETTING", help="setting that says on which task a run was; default: task")
    command.add_argument(
        "--percent", action="store_true", help="accuracies and gaps are in per cent: they are divided by 100"
    )
    command.add_argument(
        "--epochs",
        metavar="last|best:METRIC",
        default="last",
        help="epoch that metrics are taken from; default: last",
    )
    options.add_direction(command)
    command.add_argument(
        "--rename", action="append", default=[], metavar="OLD=NEW", help="a metric under another name; may be repeated"
    )
    command.add_argument(
        "--metric",
        metavar="NAME",
        help="wide: what the numbers are, default: value; lm-eval, inspect: whose examples are test_bits, default: acc",
    )
    command.add_argument(
        "--cluster",
        metavar="FIELD",
        help="lm-eval, inspect: examples with one FIELD are a cluster, as questions on one passage; default: by name "
        "(passage, context, subject, ...); none: no clusters",
    )
    command.add_argument(
        "--where", action="append", default=[], metavar="SETTING=VALUE", help="take these runs; may be repeated"
    )
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Read the logs, write the table, and say what became what."""
    from analysis.base.records import json_text
    from analysis.importing.account import render
    from analysis.importing.imported import Wanted, import_runs
    from analysis.importing.writing import check_out, write_table

    check_out(given.out, given.paths)
    if given.json not in (None, "-"):
        options.check_writable(Path(given.json))
    wanted = Wanted(
        condition=tuple(given.condition_column),
        seed=given.seed_column,
        task=given.task,
        percent=given.percent,
        epochs=given.epochs,
        direction=given.direction,
        rename=(*given.rename, *_of_numbers(given)),
        examples=given.metric if given.kind in _EXAMPLES else None,
        cluster=given.cluster,
        where=options.selection(", ".join(map(str, given.paths)), given.where),
    )
    table, account = import_runs(given.kind, given.paths, wanted)
    notes = write_table(given.out, table)
    print(render(account), *(f"note: {note}" for note in notes), sep="\n", file=sys.stderr)
    if given.json is None:
        options.say(f"{given.out}\n")
    else:
        options.give(json_text(account), given.json)


def _of_numbers(given: argparse.Namespace) -> tuple[str, ...]:
    """Return the name of what a wide table has numbers of, as another name."""
    from analysis.base.errors import TableError

    if given.metric is None or given.kind in _EXAMPLES:
        return ()
    if given.kind != "wide":
        raise TableError("--metric", [f"names the numbers of a wide table; {given.kind} has names: --rename OLD=NEW"])
    return (f"value={given.metric}",)
