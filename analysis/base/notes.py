"""Text that knows where metrics and numbers stand in it, so that a page can write these as it writes its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self


class Metric(str):
    """The name of a metric, as its column has it."""

    __slots__ = ()


class Number(str):
    """A number as a terminal shows it, with a hyphen for a minus sign."""

    __slots__ = ()


class Note(str):
    """A warning: the text as JSON and terminal have it, made of `parts`.

    Parameters
    ----------
    parts : tuple of str
        Text, and between it names of metrics (`Metric`) and numbers (`Number`).
    """

    parts: tuple[str, ...]

    def __new__(cls, *parts: str) -> Self:
        """Return the text that consists of these parts."""
        made = super().__new__(cls, "".join(parts))
        made.parts = parts
        return made


def parts_of(text: str) -> tuple[str, ...]:
    """Return the parts of a text; a plain string is one."""
    return text.parts if isinstance(text, Note) else (text,)


def about(label: str, text: str) -> Note:
    """Return a text with the condition that it is about in front."""
    return Note(f"{label}: ", *parts_of(text))


def of_each(
    found: Iterable[tuple[str, str]], everyone: Iterable[str], all_of_them: str = "each condition"
) -> list[Note]:
    """Return each text once, with the conditions that it is about in front.

    Parameters
    ----------
    found : iterable of (str, str)
        Condition, text.
    everyone : iterable of str
        All conditions: a text about each of several is put so.
    all_of_them : str
        What is put in front of that.
    """
    labels: dict[tuple[str, ...], list[str]] = {}
    for label, text in found:
        labels.setdefault(parts_of(text), []).append(label)
    names = set(everyone)
    return [
        about(all_of_them if len(names) > 1 and names <= set(own) else ", ".join(dict.fromkeys(own)), Note(*parts))
        for parts, own in labels.items()
    ]
