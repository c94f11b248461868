"""Parts of the site that are made from the code: commands from their parsers, the Python interface from its docstrings.

A page asks for them by a comment, which GitHub hides: ``<!-- commands: bench -->``, ``<!-- python: analysis -->``.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from analysis.cli import _parser as analysis_parser
from bench.cli import _parser as bench_parser

FUNCTIONS = {
    "analysis.factorial": "analysis.factorial.analyse.factorial",
    "analysis.report": "analysis.report.of_table.write_report_of",
    "bench.run": "bench.run.session.run_study",
}
"""What a package that is called as a function does: autodoc would take the package's own docstring."""
PARSERS = {"bench": bench_parser, "analysis": analysis_parser}


def generated(text: str) -> str:
    """Return a page with its comments replaced by what they ask for."""
    makers: dict[str, Callable[[str], Iterator[str]]] = {"commands": commands, "python": python}
    return re.sub(r"<!-- (commands|python): (.*?) -->", lambda asked: "\n".join(makers[asked[1]](asked[2])), text)


def with_targets(text: str) -> str:
    """Return a page whose headings have MyST's targets in place of HTML's anchors."""
    return re.sub(r'^(#+ )<a id="(.*?)"></a>', r"(\2)=\n\1", text, flags=re.MULTILINE)


def seen_from_docs(text: str) -> str:
    """Return the README with its links as they are from this folder."""
    return re.sub(r"\]\((?!\w+:|#)(docs/)?", lambda link: "](" if link[1] else "](path:../", text)


def commands(package: str) -> Iterator[str]:
    """Yield Markdown of every command of a package: what it does, its usage, every argument."""
    (commands,) = (each for each in PARSERS[package]()._actions if isinstance(each, argparse._SubParsersAction))
    for name, parser in commands.choices.items():
        usage = argparse.HelpFormatter(prog="", width=84)
        usage.add_usage(parser.usage, parser._actions, parser._mutually_exclusive_groups, prefix=f"{parser.prog} ")
        yield f"### `{package} {name}`\n\n{_prose(parser.description)}\n\n```text\n{usage.format_help()}```\n"
        if parser.epilog:
            yield f"```text\n{parser.epilog}\n```\n"
        yield "| argument | meaning |\n|---|---|"
        yield from (f"| {_argument(each)} | {_meaning(each)} |" for each in parser._actions if each.dest != "help")
        yield ""


def _argument(action: argparse.Action) -> str:
    choices = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else None
    value = action.metavar or choices or action.dest.upper()
    value = value if isinstance(value, str) else " ".join(value)
    names = action.option_strings or [""]
    shown = (f"{name} {'' if action.nargs == 0 else value}".strip() for name in names)
    return ", ".join(f"`{each}`" for each in shown).replace("|", r"\|")


def _meaning(action: argparse.Action) -> str:
    text = (action.help or "") % (vars(action) | {"prog": ""})
    needed = " (required)" if action.option_strings and action.required else ""
    return _prose(text).replace("|", r"\|").replace("\n", " ") + needed


def _prose(text: str | None) -> str:
    """Return text of a parser as Markdown: no sign of it is markup, double backticks are code."""
    parts = re.split(r"``(.*?)``", " ".join((text or "").split()))
    return "".join(f"`{each}`" if n % 2 else re.sub(r"([\\`*_<>\[\]])", r"\\\1", each) for n, each in enumerate(parts))


def python(name: str) -> Iterator[str]:
    """Yield directives that document an object, or everything that a package offers by its ``__all__``."""
    found = _object(name) if "." in name else import_module(name)
    names = [f"{name}.{each}" for each in found.__all__] if isinstance(found, ModuleType) else [name]
    yield "```{eval-rst}"
    for each in names:
        yield "\n".join(_directive(each))
    yield "```"


def _directive(name: str) -> Iterator[str]:
    found = _object(name)
    if isinstance(found, ModuleType):
        package, _, attribute = name.rpartition(".")
        setattr(import_module(package), attribute, _object(FUNCTIONS[name]))
    if isinstance(found, type):
        options = {
            "members": "",
            "inherited-members": "Exception, BaseException",
            "exclude-members": "__init__, __new__",
        }
        yield "\n".join([f".. autoclass:: {name}", *(f"   :{key}: {value}" for key, value in options.items()), ""])
    else:
        yield f".. autofunction:: {name}\n"


def _object(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)
