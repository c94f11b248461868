"""``python -m analysis findings FILE``."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.commands import options

NAME, HELP = "findings", "a page that answers questions from results folders, each question named in a TOML file"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    command.add_argument("file", type=Path, metavar="FILE", help="the questions, a list of [[finding]] tables")
    command.add_argument("--out", type=Path, help="the page; default: FILE with the suffix .md")


def execute(given: argparse.Namespace) -> None:
    """Write the page and say where it is."""
    from analysis.findings import write_findings

    options.say(f"{write_findings(given.file, given.out or given.file.with_suffix('.md'))}\n")
