"""Text in a CSV that a spreadsheet would run as a formula."""

from __future__ import annotations

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet takes a cell with this text for a formula."""
    return text.startswith(_BEGINNINGS)


def guarded(text: str) -> str:
    """Return a cell's text as a spreadsheet shows it: with an apostrophe before what it would run."""
    return f"'{text}" if is_formula(text) else text
