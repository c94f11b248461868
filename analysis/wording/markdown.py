"""Plain text as Markdown: what a label or a sentence says is shown as it is, whatever is in it."""

from __future__ import annotations

SPECIAL = str.maketrans({each: f"\\{each}" for each in "\\`*_[]<>|#"} | {"\n": " ", "\r": " "})
"""What Markdown would take for markup, and what would end a row of a table."""


def escaped(said: str) -> str:
    """Return plain text such that Markdown shows it as it is."""
    return said.translate(SPECIAL)
