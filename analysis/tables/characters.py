"""Characters that no label may have: they steer a terminal, turn the text after them round, or make a page invalid."""

from __future__ import annotations

import unicodedata

_KINDS = ("Cc", "Cs", "Zl", "Zp")
"""Control characters, halves of surrogate pairs, separators of lines and of paragraphs."""
_TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
"""Controls of the direction of text. Marks, joiners and letters of any script are no such: names need them."""


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
    return any(map(steers, str(cell).strip()))


def escaped(text: str) -> str:
    """Return a text with each such character written out, as ``\\\\x1b``."""
    return "".join(each.encode("unicode_escape").decode() if steers(each) else each for each in text)
