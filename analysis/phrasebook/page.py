"""Every sentence of the analysis on one page, each with the numbers that it is made from: ``docs/wording.md``."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

from analysis import wording
from analysis.phrasebook import comparisons, effects, factorials, gates, notes, pairing, plain, questions, speed, tasks
from analysis.phrasebook.entry import Entry, Part

TEXTS = ("str", "str | None", "list[str]")
"""What a function that writes returns, as it is annotated."""

HEAD = """\
# Wording

Made by `python -m analysis wording > docs/wording.md`; do not edit. Every text that the wording package writes, by the
function that writes it, with the numbers that it is made from. The examples are made up, but each verdict follows from
its interval, margin and direction, as in every comparison. A test compares this page with what the command prints, and
another one fails where a function of the package is not on it."""


def parts() -> tuple[Part, ...]:
    """Return the page by subject."""
    return (
        Part("One comparison", effects.entries()),
        Part("A comparison of several conditions", comparisons.entries()),
        Part("Notes on a comparison", notes.entries()),
        Part("Several tasks", tasks.entries()),
        Part("Gates", gates.entries()),
        Part("Factorials", factorials.entries()),
        Part("Pairing by seed", pairing.entries()),
        Part("Plans, sequences, self-check, variance", questions.entries()),
        Part("Speed", speed.entries()),
        Part("Numbers and lists", plain.entries()),
    )


def writers() -> dict[str, Callable[..., Any]]:
    """Return every public function of the wording package that returns text, by its name on the page."""
    found = {}
    for module in pkgutil.iter_modules(wording.__path__, "analysis.wording."):
        for name, member in vars(importlib.import_module(module.name)).items():
            own = inspect.isfunction(member) and member.__module__ == module.name and not name.startswith("_")
            if own and inspect.signature(member).return_annotation in TEXTS:
                found[f"{module.name}:{name}"] = member
    return found


def page() -> str:
    """Return the whole page."""
    blocks = [HEAD]
    for part in parts():
        blocks += [f"## {part.title}", *(_entry(each) for each in part.entries)]
    return "\n\n".join(blocks) + "\n"


def _entry(entry: Entry) -> str:
    summary = (inspect.getdoc(entry.function) or "").split("\n\n")[0].replace("\n", " ")
    head = f"### `{entry.name.removeprefix('analysis.')}`\n\n{summary}"
    if any("\n" in line.text for line in entry.lines):
        shown = [f"{line.numbers}:\n\n```text\n{line.text}\n```" for line in entry.lines]
        return "\n\n".join([head, *shown])
    rows = [f"| {_cell(line.text)} | {_cell(line.numbers)} |" for line in entry.lines]
    return "\n".join([f"{head}\n", "| text | made from |", "|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_").strip()
