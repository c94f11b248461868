"""``python -m analysis report DIR | TABLE``."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from analysis.base.files import check_writable
from analysis.commands import options
from bench.schema.streams import called

NAME, HELP = "report", "figures, tables and a page, of a results folder or of any table"

PLANNED = (
    "metric", "control", "margin", "alpha", "percent", "chance", "where", "condition_column", "seed_column", "epochs",
)  # fmt: skip
"""What a results folder's plan settles, and a table has to be given."""

AGAIN = (
    "metric", "control", "margin", "alpha", "estimand", "bad_ending", "test_fraction", "chance", "late_epochs", "task",
    "condition_column", "seed_column", "epochs", "images",
)  # fmt: skip
"""What makes the same report again, where it was given."""


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    command.add_argument("table", metavar="DIR|TABLE", help=f"{options.TABLE}; of a table --metric and --control")
    options.add_task(command)
    options.add_question(command)
    options.add_test_fraction(command)
    options.add_rows(command)
    command.add_argument(
        "--images",
        metavar="PATH",
        type=Path,
        help="test images behind the column test_bits, to show those that flip between conditions: an IDX file, an "
        ".npy, an .npz or a folder with one; default: where the plan of a results folder says, if they are there",
    )
    command.add_argument("--out", type=options.local, help="default: DIR/report; of a URL or a table <its name>-report")
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Write the report and say where it is."""
    from analysis.tables.reading import place_of

    if given.json not in (None, "-"):
        check_writable(Path(given.json))
    place = place_of(given.table)
    page = _of_folder(given, place) if place.is_dir() else _of_table(given, place)
    if given.json is None:
        options.say(f"{page}\n")
    else:
        options.give(page.with_name("compare.json").read_text(encoding="utf-8"), given.json)


def _of_folder(given: argparse.Namespace, folder: Path) -> Path:
    from analysis.base.errors import TableError
    from analysis.report.write import report_folder, write_report

    if settled := [
        f"--{name.replace('_', '-')}" for name in (*PLANNED, "task") if getattr(given, name) not in (None, False, [])
    ]:
        fault = "is a results folder, whose report is by its plan"
        instead = "compare takes them, and the report of what python -m bench export writes of the folder"
        raise TableError(given.table, [f"{fault}: {', '.join(settled)} cannot be given; {instead}"])
    settable = ("direction", "estimand", "bad_ending", "late_epochs", "test_fraction")
    instead = {name: value for name in settable if (value := getattr(given, name)) is not None}
    return write_report(folder, given.out or report_folder(folder), instead, given.images)


def _of_table(given: argparse.Namespace, file: Path) -> Path:
    from analysis.report.of_table import write_report_of_file

    return write_report_of_file(
        file,
        lambda table: options.question_of(given, options.noted(table)),
        options.rows_of(given) | {"task": given.task},
        out=given.out,
        images=given.images,
        command=f"{called('analysis', 'regbench-analysis')} {shlex.join(_again(given))}",
    )


def _again(given: argparse.Namespace) -> list[str]:
    """Return the arguments that make the report again, without where it goes."""
    told: dict[str, Any] = {f"--{name.replace('_', '-')}": getattr(given, name) for name in AGAIN}
    flags = [f"--{given.direction}-is-better"] if given.direction else []
    flags += ["--percent"] if given.percent else []
    rows = [part for each in given.where for part in ("--where", each)]
    values = [part for name, value in told.items() if value is not None for part in (name, str(value))]
    return ["report", Path(given.table).name, *values, *flags, *rows]
