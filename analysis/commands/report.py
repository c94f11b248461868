"""``python -m analysis report DIR``."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.base.files import check_writable
from analysis.commands import options

NAME, HELP = "report", "figures, tables and a page from a results folder"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    command.add_argument("folder", metavar="DIR", help="a results folder, or its s3:// URL")
    options.add_direction(command)
    options.add_rules(command)
    options.add_late_epochs(command)
    command.add_argument("--out", type=options.local, help="default: DIR/report, of a URL <its last part>-report")
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Write the report and say where it is."""
    from analysis.report.write import report_folder, write_report
    from analysis.tables.reading import place_of

    if given.json not in (None, "-"):
        check_writable(Path(given.json))
    settable = ("direction", "estimand", "bad_ending", "late_epochs")
    instead = {name: value for name in settable if (value := getattr(given, name)) is not None}
    folder = place_of(given.folder)
    page = write_report(folder, given.out or report_folder(folder), instead)
    if given.json is None:
        options.say(f"{page}\n")
    else:
        options.give(page.with_name("compare.json").read_text(encoding="utf-8"), given.json)
