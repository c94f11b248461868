"""A line of the page: the numbers that a text is made from, and the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """A text of a function, with its numbers."""

    numbers: str
    text: str


@dataclass(frozen=True)
class Entry:
    """What one function writes.

    Parameters
    ----------
    function : callable
        A public function of the wording package, or what makes notes elsewhere.
    lines : tuple of Line
    """

    function: Callable[..., Any]
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """Module and function: ``analysis.wording.sentences:headline``."""
        return f"{self.function.__module__}:{self.function.__name__}"


@dataclass(frozen=True)
class Part:
    """Entries about one thing."""

    title: str
    entries: tuple[Entry, ...]


def called(function: Callable[..., Any], *calls: tuple[Any, ...]) -> Entry:
    """Return what a function of plain values writes for each of these arguments."""
    return Entry(function, tuple(Line(", ".join(map(_shown, given)), text_of(function(*given))) for given in calls))


def text_of(found: str | Sequence[str] | None) -> str:
    """Return what was written as one text; a dash where nothing was."""
    if found is None or not found:
        return "–"
    return found if isinstance(found, str) else " ".join(found)


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)
