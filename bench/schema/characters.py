"""Characters that no label may have: they steer a terminal, turn the text after them round, or make a page invalid.

A message writes them out where it is made: what a table, a study or a log holds cannot steer the terminal it comes to.
"""

from __future__ import annotations

import unicodedata
from typing import Any

_KINDS = ("Cc", "Cs", "Zl", "Zp")
"""Control characters, halves of surrogate pairs, separators of lines and of paragraphs."""
_TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
"""Controls of the direction of text. Marks, joiners and letters of any script are no such: names need them."""
BYTES = "".join(map(chr, range(0xDC80, 0xDD00)))
"""Bytes of a path that are no UTF-8, as Python has them: a terminal is given the bytes."""


def steers(letter: str) -> bool:
    """Return whether a character is one of these; XML allows no noncharacter, such as U+FFFF."""
    point = ord(letter)
    return (
        unicodedata.category(letter) in _KINDS
        or unicodedata.bidirectional(letter) in _TURNING
        or point & 0xFFFE == 0xFFFE
        or 0xFDD0 <= point <= 0xFDEF
    )


def has_control(cell: object) -> bool:
    """Return whether the text of a cell, blanks around it aside, holds such a character."""
    text = str(cell).strip()
    return not text.isprintable() and any(map(steers, text))


def escaped(text: str, but: str = "") -> str:
    """Return a text with each such character written out, as ``\\\\x1b``, ``but`` those of one's own: ends of lines."""
    if text.isprintable():  # as nearly all are, which Python knows at once
        return text
    return "".join(
        each.encode("unicode_escape").decode() if each not in but and steers(each) else each for each in text
    )


def written_out(document: Any) -> Any:
    """Return a document, as JSON or TOML has it, with such characters of its texts written out, ends of lines aside."""
    if isinstance(document, str):
        return escaped(document, but="\n")
    if isinstance(document, dict):
        return {written_out(key): written_out(value) for key, value in document.items()}
    return [written_out(each) for each in document] if isinstance(document, list) else document
