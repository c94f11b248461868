"""The one error that a table can raise, and how its faults are worded."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.schema.characters import BYTES, escaped

MOST_SHOWN = 12
"""Faults beyond this many are counted, not listed."""


class TableError(ValueError):
    """A table that cannot be analysed: what came, where, and what is allowed.

    Parameters
    ----------
    source : Path or str
        The results folder or file that was read.
    faults : sequence of str
        Every fault found, each one a sentence.
    """

    def __init__(self, source: Path | str, faults: Sequence[str]) -> None:
        self.source = str(source)
        self.say(faults)

    def say(self, faults: Sequence[str]) -> None:
        """Have these faults in place of those before."""
        self.faults = tuple(escaped(fault, but=BYTES) for fault in faults)
        shown = [f"  - {fault}" for fault in self.faults[:MOST_SHOWN]]
        if len(self.faults) > MOST_SHOWN:
            shown.append(f"  - and {len(self.faults) - MOST_SHOWN} more")
        self.args = ("\n".join([f"{escaped(self.source, but=BYTES)}:", *shown]),)


_PLAIN = re.compile(r"[\w@%+=/.:-]*[\w@%+=/-]", re.ASCII)


def option(name: str, argument: str) -> str:
    """Return an option with its argument as a shell takes it, and so that what follows is no part of it."""
    plain = shlex.quote(argument)
    return f"--{name} {argument if _PLAIN.fullmatch(argument) else plain if plain != argument else repr(argument)}"


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Return ``'; did you mean ...? There is: ...'`` for a name that is not among `allowed`."""
    names = list(allowed)
    by_lower = {each.lower(): each for each in names}
    close = [by_lower[each] for each in difflib.get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0.5)]
    close = [each for each in names if _is_same_number(name, each)] or close
    guess = f"; did you mean {close[0]!r}?" if close else "."
    return f"{guess} There is: {listed(names)}"


def _is_same_number(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def listed(values: Iterable[object], most: int = 20) -> str:
    """Return values quoted and joined by commas, at most `most` of them."""
    items = [repr(value) if isinstance(value, str) else str(value) for value in values]
    if not items:
        return "nothing"
    rest = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + rest
