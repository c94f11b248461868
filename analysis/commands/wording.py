"""``python -m analysis wording``."""

from __future__ import annotations

import argparse

from analysis.commands import options

NAME, HELP = "wording", "every sentence of the analysis, with the numbers that it is made from (docs/wording.md)"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments: none."""


def execute(given: argparse.Namespace) -> None:
    """Print the page."""
    from analysis.phrasebook.page import page

    options.say(page())
