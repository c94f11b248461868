"""A report as plain data: what is said, in which order. How it looks is the renderer's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.base.records import Record
from analysis.figures.plot import Plot


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `role` is ``plain``, ``lead`` (the answer) or ``note`` (what to keep in mind)."""

    text: str
    role: str = "plain"


@dataclass(frozen=True)
class Item:
    """An entry of a list; `mark` is a short word before it, `tone` is ``good``, ``bad``, ``same`` or empty."""

    text: str
    mark: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Listing:
    """A list; `role` is ``plain``, or ``fine`` for small print."""

    items: tuple[Item, ...]
    role: str = "plain"


@dataclass(frozen=True)
class Source:
    """A publication; `link` is where it is found, or empty."""

    text: str
    link: str = ""


@dataclass(frozen=True)
class Sources:
    """The publications that the methods come from."""

    items: tuple[Source, ...]


@dataclass(frozen=True)
class Code:
    """Lines to type into a shell, or a file as it is."""

    text: str


@dataclass(frozen=True)
class Column:
    """A column: heading, unit below it, and whether its cells are numbers (aligned at their right) or words."""

    heading: str
    unit: str = ""
    numeric: bool = True


@dataclass(frozen=True)
class Grid:
    """A table.

    Parameters
    ----------
    name : str
        Names the file of its data; unique within a pool.
    caption : str
    columns : tuple of Column
        The first one names the row.
    rows : tuple of tuples of str
        Cells as they are to be read.
    data : tuple of Record or mapping
        The same and more at full precision, for a CSV file; empty where there is nothing to add.
    quiet : frozenset of int
        Rows that stand back, such as negative controls.
    tones : tuple of str
        By row, the tone of its second cell: ``good``, ``bad``, ``same``, ``open`` or empty; empty where it has none.
    compact : bool
        Whether each row becomes a block of its own on a narrow screen.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    data: tuple[Record | Mapping[str, Any], ...] = ()
    quiet: frozenset[int] = field(default=frozenset())
    tones: tuple[str, ...] = ()
    compact: bool = False


@dataclass(frozen=True, eq=False)
class Illustration:
    """A figure, to be drawn from the evidence."""

    plot: Plot[Any]
    evidence: Any


@dataclass(frozen=True)
class Control:
    """What a reader of the page may choose: a page with scripts shows it, all other forms leave it out.

    Parameters
    ----------
    name : str
        Which of the page's controls.
    label : str
    data : mapping
        All that it may show, in words: the page computes nothing.
    """

    name: str
    label: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Picture:
    """A small picture: its PNG, what it shows, and the sentence below it."""

    png: bytes
    shows: str
    text: str


@dataclass(frozen=True)
class Gallery:
    """Small pictures side by side, of one condition."""

    condition: str
    caption: str
    pictures: tuple[Picture, ...]


Block = Paragraph | Listing | Sources | Code | Grid | Illustration | Control | Gallery


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Part:
    """Sections that belong together.

    `heading` stands above them, and `name` sets their anchors and files apart; both are empty where that is not needed.
    """

    heading: str
    name: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Document:
    """The whole report; `facts` are short pairs of words shown below the title."""

    title: str
    question: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
