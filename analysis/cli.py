"""The command line: ``compare``, ``throughput`` and ``report``.

Exit codes: 0 done, 2 usage or validation, 3 internal fault, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from analysis.compare import compare
from analysis.faults import TableError
from analysis.files import check_writable, write_atomically
from analysis.plan import read_plan
from analysis.table import Table, load
from analysis.text import render
from analysis.throughput import DEFAULT_MARGIN, speeds
from analysis.throughput import text as throughput_text
from bench.schema import PLAN_FILE, THROUGHPUT_FOLDER

DONE, USAGE, FAULT, INTERRUPTED = 0, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; messages for people go to standard error."""
    parser = _parser()
    try:
        given = parser.parse_args(arguments)
    except SystemExit as stop:  # argparse has said why
        return DONE if stop.code in (0, None) else USAGE
    try:
        return given.handler(given)
    except TableError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:  # the reader of our output went away
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001  the outermost edge: a fault of ours, told as such
        traceback.print_exc()
        print("error: internal fault, please report it with the lines above", file=sys.stderr)
        return FAULT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description="Statistics of paired, seeded trials.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_compare(commands.add_parser("compare", help="every condition against the control, on one metric"))
    _add_throughput(commands.add_parser("throughput", help="does a condition cost speed? Of a folder's measurements"))
    _add_report(commands.add_parser("report", help="figures, tables and a page from a results folder"))
    return parser


def _add_compare(command: argparse.ArgumentParser) -> None:
    command.add_argument("table", type=Path, metavar="TABLE", help="a results folder, a parquet file or a CSV")
    command.add_argument("--metric", help="column to compare; default: the primary of the folder's plan")
    command.add_argument("--control", help="label of the control; default: the control of the folder's plan")
    command.add_argument("--margin", type=float, help="smallest difference that matters, in the metric's unit")
    command.add_argument("--alpha", type=float, help="error rate, above 0 and below 1; default 0.05")
    command.add_argument("--chance", type=float, help="accuracy of guessing, for tables without 'classes'")
    command.add_argument("--lower-is-better", action="store_true", default=None, help="smaller values are better")
    command.add_argument(
        "--where", action="append", default=[], metavar="COLUMN=VALUE", help="keep these rows; may be repeated"
    )
    _add_json(command)
    command.set_defaults(handler=_compare)


def _add_throughput(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="DIR", help="a results folder that bench throughput has written")
    command.add_argument("--control", help="label of the control; default: the control of the folder's plan")
    command.add_argument(
        "--margin", type=float, default=DEFAULT_MARGIN, help="speeds this close count as equal; default %(default)s"
    )
    command.add_argument("--alpha", type=float, help="error rate, above 0 and below 1; default: the plan's, or 0.05")
    _add_json(command)
    command.set_defaults(handler=_throughput)


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", metavar="FILE|-", help="write the numbers as JSON; '-' is standard output")


def _add_report(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="DIR", help="a results folder")
    command.add_argument("--out", type=Path, help="where to write; default: DIR/report")
    _add_json(command)
    command.set_defaults(handler=_report)


def _compare(given: argparse.Namespace) -> int:
    table = load(given.table, where=_selection(given), chance=given.chance)
    plan = table.analysis
    metric, control = _required(given, table)
    margin = given.margin if given.margin is not None or plan is None else plan.margin_of(metric)
    alpha = given.alpha if given.alpha is not None else plan.alpha if plan else 0.05
    result = compare(
        table, metric, control, margin=margin, alpha=alpha, lower_is_better=given.lower_is_better
    ).to_json()
    if given.json is None:
        _say(render(result) + "\n")
        return DONE
    _give(json.dumps(result, indent=2, allow_nan=False, ensure_ascii=False) + "\n", given.json)
    return DONE


def _throughput(given: argparse.Namespace) -> int:
    folder = given.folder
    if not folder.is_dir():
        raise TableError(folder, ["is no folder; expected a results folder that bench throughput has written"])
    plan = read_plan(folder / PLAN_FILE) if (folder / PLAN_FILE).exists() else None
    planned = None if plan is None else plan.analysis
    control = given.control or (planned and planned.control)
    if not control:
        raise TableError(folder, ["--control is missing; only a folder whose plan.json has [analysis] may do without"])
    alpha = given.alpha if given.alpha is not None else planned.alpha if planned else 0.05
    found = speeds(folder, plan, control=control, alpha=alpha, margin=given.margin)
    if not found:
        raise TableError(folder, [f"has no {THROUGHPUT_FOLDER}/*.parquet; python -m bench throughput STUDY measures"])
    if given.json is None:
        _say(throughput_text.render(found) + "\n")
    else:
        whole = {"measurements": found}
        _give(json.dumps(whole, indent=2, allow_nan=False, ensure_ascii=False) + "\n", given.json)
    return DONE


def _report(given: argparse.Namespace) -> int:
    from analysis.report import write_report  # noqa: PLC0415  drawing libraries are slow to import

    if given.json not in (None, "-"):
        check_writable(Path(given.json))
    page = write_report(given.folder, given.out or given.folder / "report")
    if given.json is None:
        _say(f"{page}\n")
    else:
        _give(page.with_name("compare.json").read_text(encoding="utf-8"), given.json)
    return DONE


def _give(text: str, where: str) -> None:
    """Give JSON to a file, or to standard output where `where` is '-'."""
    if where == "-":
        _say(text)
        return
    path = Path(where)
    check_writable(path)
    write_atomically(path, text.encode())


def _say(text: str) -> None:
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


def _selection(given: argparse.Namespace) -> dict[str, str]:
    """Return ``--where`` as column to value."""
    chosen: dict[str, str] = {}
    faults = []
    for text in given.where:
        name, equals, value = text.partition("=")
        if not (name and equals):
            faults.append(f"--where {text}: expected COLUMN=VALUE")
        elif chosen.get(name, value) != value:
            faults.append(f"--where {name}: given as {chosen[name]!r} and as {value!r}; a column may be chosen once")
        chosen[name] = value
    if faults:
        raise TableError(given.table, faults)
    return chosen


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
        raise TableError(given.table, faults)
    return str(metric), str(control)
