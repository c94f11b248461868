"""A document as Markdown: to read in a terminal, in a repository, or to paste into an issue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from analysis.figures.theme import WIDE
from analysis.report.document import (
    Block,
    Code,
    Control,
    Document,
    Gallery,
    Grid,
    Illustration,
    Listing,
    Paragraph,
    Section,
    Sources,
)
from analysis.wording.markdown import escaped


def render(document: Document, stems: Mapping[tuple[int, str, str], str], made: datetime) -> str:
    """Return the page.

    Parameters
    ----------
    document : Document
    stems : mapping of (identity of the evidence, plot, layout) to the path of a figure without its suffix
        As seen from the page.
    made : datetime
        The only thing in it that another run would change.
    """
    blocks = [f"# {escaped(document.title)}", escaped(document.question)]
    blocks.append("\n".join(f"- {escaped(name)}: {escaped(value)}" for name, value in document.facts))
    for part in document.parts:
        blocks += [f"## {escaped(part.heading)}"] if part.heading else []
        for section in part.sections:
            blocks += _section(section, stems, "###" if part.heading else "##")
    blocks.append(f"Made {made:%Y-%m-%d %H:%M} UTC.")
    return "\n\n".join(blocks) + "\n"


def bullets(sentences: Iterable[str]) -> str:
    """Return plain sentences as a list."""
    return "\n".join(f"- {escaped(each)}" for each in sentences)


def _section(section: Section, stems: Mapping[tuple[int, str, str], str], level: str) -> Iterator[str]:
    yield f"{level} {escaped(section.heading)}"
    for each in section.blocks:
        yield from block(each, stems)


def block(said: Block, stems: Mapping[tuple[int, str, str], str]) -> Iterator[str]:
    """Return a block of a section as one or more of Markdown's."""
    match said:
        case Paragraph():
            yield f"**{escaped(said.text)}**" if said.role == "lead" else escaped(said.text)
        case Listing():
            marked = ((f"**{escaped(item.mark)}** " if item.mark else "", item.text) for item in said.items)
            yield "\n".join(f"- {mark}{escaped(text)}" for mark, text in marked)
        case Sources():
            linked = (
                f"[{escaped(each.text)}]({each.link})" if each.link else escaped(each.text) for each in said.items
            )
            yield "\n".join(f"- {each}" for each in linked)
        case Code():
            yield f"```\n{said.text}\n```"
        case Grid():
            yield table(said)
            yield f"*{escaped(said.caption)}*"
        case Control():
            return
        case Gallery():
            yield escaped(said.caption)
            yield bullets(each.text for each in said.pictures)
        case Illustration():
            yield _figure(said.plot.title, stems[id(said.evidence), said.plot.name, WIDE.name], said)


def table(grid: Grid) -> str:
    """Return a table: words at the left, numbers at the right."""
    headings = (" ".join(filter(None, (each.heading, each.unit))) for each in grid.columns)
    rules = ("---:" if each.numeric else "---" for each in grid.columns)
    rows = [headings, rules, *grid.rows]
    return "\n".join(
        f"| {' | '.join(cell if index == 1 else escaped(cell) for cell in row)} |" for index, row in enumerate(rows)
    )


def _figure(title: str, stem: str, block: Illustration) -> str:
    return f"![{escaped(title)}]({stem}.png)\n\n*{escaped(block.plot.caption(block.evidence))}*"
