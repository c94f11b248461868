"""How many columns of a terminal a text takes, so that tables whose labels are of any script line up."""

from __future__ import annotations

import unicodedata


def width(text: str) -> int:
    """Return the columns of a text: two for a wide letter, none for one that is drawn over another."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def left(text: str, columns: int) -> str:
    """Return a text with blanks after it, so that it takes so many columns."""
    return text + " " * (columns - width(text))


def right(text: str, columns: int) -> str:
    """Return a text with blanks before it, so that it takes so many columns."""
    return " " * (columns - width(text)) + text
