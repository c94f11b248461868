"""The catalogue as Markdown: ``docs/methods.md``, or the entries of one key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from analysis.catalogue import GROUPS, METHODS, Method
from analysis.catalogue.entry import PREAMBLE

HEAD = Path(__file__).with_name("head.md")
"""The part of the page that is written by hand."""


def page() -> str:
    """Return the whole page; its links start from ``docs/``."""
    head = HEAD.read_text(encoding="utf-8")
    head = head.replace("<!-- contents -->", _contents()).replace("<!-- preamble -->", _fenced(PREAMBLE, "python"))
    blocks = [head.rstrip("\n"), "## Where each key is explained", _keys()]
    for group in GROUPS:
        blocks += [f"## {group.question}", *(entry(method) for method in group.methods)]
    return "\n\n".join(blocks) + "\n"


def entries_of(key: str) -> list[Method]:
    """Return the methods that fill `key`: its name, or its name after where it is found."""
    return [
        method
        for method in METHODS
        if any(key in (name, f"{each.where}.{name}") for each in method.fills for name in each.names)
    ]


def entry(method: Method) -> str:
    """Return one entry."""
    filled = "; ".join(f"{_code(each.names)} of `{each.where}`" for each in method.fills)
    tests = ", ".join(f"[`{test.removeprefix('tests/')}`](../{test.split('::')[0]})" for test in method.checked_by)
    code = ", ".join(f"[`{each}`](../{each.split(':')[0].replace('.', '/')}.py)" for each in method.computed_by)
    return "\n\n".join(
        [
            f"### {method.title}",
            method.answers,
            _fenced(method.formula, "text"),
            "\n".join(
                [
                    f"- **Keys**: {filled or 'none; only the report tells it'}",
                    f"- **Assumes**: {method.assumes}",
                    f"- **Source**: {' '.join(method.source)}",
                    f"- **Computed by**: {code}",
                    f"- **Checked by**: {tests}",
                ]
            ),
            _fenced(method.example, "python"),
        ]
    )


def anchor(heading: str) -> str:
    """Return the address of a heading on the page, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _contents() -> str:
    rows = [
        (f"[{group.question}](#{anchor(group.question)})", " · ".join(_link(method) for method in group.methods))
        for group in GROUPS
    ]
    return _table(("the question", "the methods"), rows)


def _keys() -> str:
    """Return the table of keys, object by object in the order in which the entries name them."""
    places = dict.fromkeys(each.where for method in METHODS for each in method.fills)
    rows = [
        (f"`{place}`", _code(each.names), _link(method))
        for place in places
        for method in METHODS
        for each in method.fills
        if each.where == place
    ]
    return _table(("object", "keys", "entry"), rows)


def _link(method: Method) -> str:
    return f"[{method.title}](#{anchor(method.title)})"


def _code(names: Sequence[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


def _fenced(text: str, language: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
