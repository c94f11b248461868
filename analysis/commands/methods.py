"""``python -m analysis methods``."""

from __future__ import annotations

import argparse

from analysis.base.errors import TableError, nearest
from analysis.commands import options

NAME, HELP = "methods", "every method: its keys, assumption, formula, source and tests (docs/methods.md)"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    command.add_argument(
        "key", nargs="?", metavar="KEY", help="a key of the JSON, such as p_max_t; default: all of them"
    )


def execute(given: argparse.Namespace) -> None:
    """Print the page, or the entries of one key."""
    from analysis.catalogue import METHODS
    from analysis.catalogue.page import entries_of, entry, page

    if given.key is None:
        options.say(page())
        return
    found = entries_of(given.key)
    if not found:
        names = dict.fromkeys(name for method in METHODS for each in method.fills for name in each.names)
        raise TableError("methods", [f"there is no key {given.key!r}{nearest(given.key, names)}"])
    options.say("\n\n".join(entry(method) for method in found) + "\n")
