"""What the commands share: the table and question that are asked of it, and where the answer goes."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from analysis.base.errors import TableError
from analysis.base.files import check_writable, write_atomically
from analysis.base.records import json_text

if TYPE_CHECKING:
    from analysis.tables.question import Told
    from analysis.tables.table import Table
    from analysis.tables.tasks import Tasks

Read = TypeVar("Read", bound="Table | Tasks")

TABLE = (
    "a results folder or its s3:// URL, a parquet file, or a text table: comma, semicolon or tab, decimal commas, gzip"
)
"""What a command reads."""


def add_table(command: argparse.ArgumentParser) -> None:
    """Add the table and what chooses its rows."""
    command.add_argument("table", metavar="TABLE", help=TABLE)
    add_rows(command)


def add_tables(command: argparse.ArgumentParser) -> None:
    """Add one table or several, which are tasks, and what chooses their rows."""
    command.add_argument("table", metavar="TABLE", nargs="+", help=f"{TABLE}; several are tasks, by name")
    add_task(command)
    command.add_argument(
        "--scale",
        choices=("raw", "log-ratio"),
        default="raw",
        help="over tasks: log-ratio for metrics of unlike size; --margin is then a ratio minus 1",
    )
    add_rows(command)


def add_task(command: argparse.ArgumentParser) -> None:
    """Add which column says on which task a trial was run."""
    command.add_argument(
        "--task", metavar="COLUMN", help="column that says on which task a trial was run; default: task"
    )


def add_rows(command: argparse.ArgumentParser) -> None:
    """Add what chooses rows, and how their numbers are taken."""
    command.add_argument(
        "--percent",
        action="store_true",
        help="the metric is in per cent: it, --margin and --bad-ending are divided by 100",
    )
    command.add_argument("--chance", type=float, help="accuracy of guessing, for tables without 'classes'")
    add_late_epochs(command)
    add_columns(command)
    command.add_argument(
        "--where", action="append", default=[], metavar="COLUMN=VALUE", help="keep these rows; may be repeated"
    )


def add_columns(command: argparse.ArgumentParser) -> None:
    """Add which columns say what was compared and which trials are paired, and which epoch of a trial counts."""
    for role, what in (("condition", "what was compared"), ("seed", "which trials are paired")):
        command.add_argument(
            f"--{role}-column",
            metavar="COLUMN",
            help=f"column that says {what}; default: {role}, else the one that has a usual name of it",
        )

    command.add_argument(
        "--epochs",
        metavar="last|best:COLUMN",
        help="of a table with a row for each epoch: the last of each trial, or the best by a validation metric",
    )


def add_late_epochs(command: argparse.ArgumentParser) -> None:
    """Add how many epochs late test accuracy is the median of."""
    command.add_argument(
        "--late-epochs",
        type=int,
        metavar="N",
        help="last epochs that late_test_accuracy is the median of; default: the plan's, or 4",
    )


def local(text: str) -> Path:
    """Return `text` as a path to write to; a URL is refused."""
    from bench.schema.paths import local

    return local(text)


def add_question(command: argparse.ArgumentParser) -> None:
    """Add what is asked of the table."""
    command.add_argument("--metric", help="column to compare; default: the primary of the folder's plan")
    command.add_argument("--control", help="label of the control; default: the control of the folder's plan")
    command.add_argument("--margin", type=float, help="smallest difference that matters, in the metric's unit")
    add_alpha(command)
    add_direction(command)
    add_rules(command)


def add_direction(command: argparse.ArgumentParser) -> None:
    """Add which values are better."""
    either = command.add_mutually_exclusive_group()
    for direction in ("higher", "lower"):
        either.add_argument(
            f"--{direction}-is-better",
            action="store_const",
            const=direction,
            dest="direction",
            help=f"{direction} values are better; default: the plan's direction, else by the metric's name",
        )


def add_rules(command: argparse.ArgumentParser) -> None:
    """Add which centre leads, and what a bad ending is."""
    add_estimand(command)
    command.add_argument(
        "--bad-ending",
        type=float,
        metavar="X",
        help="by how much a run may end worse than its condition's median; default: the plan's, or 0.05 for accuracies",
    )


def add_estimand(command: argparse.ArgumentParser) -> None:
    """Add which centre leads."""
    command.add_argument(
        "--estimand",
        choices=("typical", "mean"),
        help="centre of the differences that leads; default: the plan's, or typical (the Hodges-Lehmann estimate)",
    )


def add_test_fraction(command: argparse.ArgumentParser) -> None:
    """Add the share that each split holds out."""
    command.add_argument(
        "--test-fraction",
        type=float,
        metavar="X",
        help="where the seeds are folds or random splits of one data set: the share of the examples of each split that "
        "is held out (0.1 with 10 folds); the approximate test of Nadeau and Bengio then decides",
    )


def add_alpha(command: argparse.ArgumentParser) -> None:
    """Add the error rate."""
    command.add_argument("--alpha", type=float, help="error rate, above 0 and below 1; default: the plan's, or 0.05")


def add_json(command: argparse.ArgumentParser) -> None:
    """Add where the numbers go."""
    command.add_argument("--json", metavar="FILE|-", help="write the numbers as JSON; '-' is standard output")


def table_of(given: argparse.Namespace, source: str | None = None, *, one_condition: bool = False) -> Table:
    """Return the rows that are asked for, of the one table that is given or of `source`, one of several."""
    from analysis.tables.loading import load

    return noted(load(given.table if source is None else source, one_condition=one_condition, **rows_of(given)))


def tables_of(given: argparse.Namespace) -> Table | Tasks:
    """Return the rows that are asked for, those of several tasks apart."""
    from analysis.tables.loading import load_tasks

    return noted(load_tasks(given.table, task=given.task, **rows_of(given)))


def noted(found: Read) -> Read:
    """Return what was read, after standard error has how."""
    for note in found.notes:
        print(f"note: {note}", file=sys.stderr)
    return found


def rows_of(given: argparse.Namespace) -> dict[str, Any]:
    """Return which rows are asked for, and how their numbers are taken."""
    from analysis.tables.epochs import refuse_best_of

    refuse_best_of(_named(given), given.epochs, given.metric)
    return {
        "where": selection(_named(given), given.where),
        "chance": given.chance,
        "percent": given.metric or True if given.percent else False,
        "late_epochs": given.late_epochs,
        "condition": given.condition_column or "condition",
        "seed": given.seed_column or "seed",
        "epochs": given.epochs,
    }


def question_of(given: argparse.Namespace, table: Table) -> tuple[str, str, Told]:
    """Return metric, control, and the rest of the question as `analysis.answer.compare.compare` takes it.

    What is not given is the plan's; raise TableError where there is none.
    """
    from analysis.tables.metric import column_of
    from analysis.tables.percent import hundredth

    plan = table.analysis
    metric, control = _required(given, table)
    if (column := column_of(table.frame, metric)) != metric:
        print(f"note: {table.source.name}: read column {column!r} as {metric}", file=sys.stderr)
    margin, bad_ending = (hundredth(each) if given.percent else each for each in (given.margin, given.bad_ending))
    told: Told = {
        "margin": plan.margin_of(metric) if margin is None and plan is not None else margin,
        "alpha": alpha_of(given, table),
        "direction": given.direction,
        "estimand": given.estimand,
        "bad_ending": bad_ending,
        "test_fraction": vars(given).get("test_fraction"),  # a few commands have it
    }
    return metric, control, told


def alpha_of(given: argparse.Namespace, table: Table) -> float:
    """Return the error rate: as given, else the plan's, else 5%."""
    from analysis.tables.question import Question

    plan = table.analysis
    return given.alpha if given.alpha is not None else plan.alpha if plan else Question.ALPHA


def answer(given: argparse.Namespace, found: Any, render: Callable[[Any], str]) -> None:
    """Print `found` in words, or give it as JSON where that was asked for."""
    if given.json is None:
        say(render(found) + "\n")
    else:
        give(json_text(found), given.json)


def give(text: str, where: str) -> None:
    """Give JSON to a file, or to standard output where `where` is '-'."""
    if where == "-":
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # whatever the terminal's is
        say(text)
        return
    path = Path(where)
    check_writable(path)
    write_atomically(path, text.encode())


def say(text: str) -> None:
    """Write to standard output, and know that it arrived."""
    stream: TextIO | None = sys.stdout
    if stream is None:
        raise TableError("standard output", ["cannot be written: it is closed"])
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # what is left in its buffer goes nowhere
        if isinstance(error, BrokenPipeError):
            raise
        raise TableError("standard output", [f"cannot be written: {error.strerror or error}"]) from error


def selection(source: str, where: list[str]) -> dict[str, str]:
    """Return ``--where`` as column to value; raise TableError for what is no such pair."""
    chosen: dict[str, str] = {}
    faults = []
    for text in where:
        name, equals, value = text.partition("=")
        if not (name and equals):
            faults.append(f"--where {text}: expected COLUMN=VALUE")
        elif chosen.get(name, value) != value:
            faults.append(f"--where {name}: given as {chosen[name]!r} and as {value!r}; a column may be chosen once")
        chosen[name] = value
    if faults:
        raise TableError(source, faults)
    return chosen


def _named(given: argparse.Namespace) -> str:
    """Return the table, or the tables, as given."""
    return given.table if isinstance(given.table, str) else ", ".join(given.table)


def _required(given: argparse.Namespace, table: Table) -> tuple[str, str]:
    plan: Any = table.analysis
    metric = given.metric or (plan and plan.primary)
    control = given.control or (plan and plan.control)
    faults = [
        f"--{name} is missing; only a results folder whose plan.json has [analysis] may leave it out"
        for name, value in (("metric", metric), ("control", control))
        if not value
    ]
    if faults:
        raise TableError(_named(given), faults)
    return str(metric), str(control)
