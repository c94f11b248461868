"""Sentences that the product prints and its documents are in plain English: no word of the list below."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Rule:
    """A word or phrase, as a pattern, and what to say instead.

    Parameters
    ----------
    pattern : str
        A blank stands for any white space, a line break too.
    instead : str
    docstrings : bool
        Whether the first sentence of a public docstring is held to it too.
    """

    pattern: str
    instead: str
    docstrings: bool = False

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """Yield each place where `text` breaks the rule."""
        return re.finditer(self.pattern.replace(" ", r"\s+"), text)


RULES = (
    Rule(r"\b[Tt]old\b", "shown, reported, given; 'distinguished' for 'told apart'"),
    Rule(r"\b[Ss]aid\b", "stated, reported"),
    Rule(r"\b[Aa]sked\b", "requested, required"),
    Rule(r"(?<![Nn]ot\s)\b[Ff]ound\b", "observed, estimated, detected ('not found' is right)"),
    Rule(r"\b[Aa]new\b", "again, fresh"),
    Rule(r"\b[Bb]ut for\b", "except"),
    Rule(r"\b[Hh]ad\b", "the present or the simple past; 'not available' for 'cannot be had'"),
    Rule(r"\bOf\b", "a sentence that begins with its subject", docstrings=True),
    Rule(r"\bof this condition alone\b", "unadjusted"),
    Rule(r"\b[Dd]o(es)? not decide whether\b", "Undecided: A changed M by ... relative to B"),
    Rule(r"\b[Tt]ypical seeds?\b", "Hodges-Lehmann estimate, typical difference", docstrings=True),
    Rule(r"\b[Mm]eant to stay at chance\b", "negative control", docstrings=True),
    Rule(r"(?<!--)\b[Uu]ntil decided\b", "sequential stopping", docstrings=True),
    Rule(r"\b([Ss]eeds and images,? crossed|[Cc]rossed (estimates?|intervals?|variances?|p)\b)",
         "two-way random effects, seeds by images", docstrings=True),
    Rule(r"\b[Ff]loors?\b(?!\()", "standard error from the test set", docstrings=True),
    Rule(r"\b[Ww]ays? of measuring\b", "measurement artefact", docstrings=True),
    Rule(r"\b[Ss]urer\b", "reduce the uncertainty", docstrings=True),
)  # fmt: skip

TERMS = tuple(rule for rule in RULES if rule.docstrings)
SOURCES = [path for package in ("analysis", "bench") for path in sorted((ROOT / package).rglob("*.py"))]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "results/README.md"]
NOT_PROSE = ("formula", "example", "fills")
"""Arguments of an entry of the catalogue that are code or names."""


def faults(name: str, texts: Iterator[tuple[int, str]], rules: tuple[Rule, ...] = RULES) -> list[str]:
    """Return every broken rule as ``file:line: 'word': say ...``; each text comes with the line that it starts at."""
    return [
        f"{name}:{line + text.count(chr(10), 0, each.start())}: {each[0]!r}: say {rule.instead}"
        for line, text in ((line, _without_code(text)) for line, text in texts)
        for rule in rules
        for each in rule.matches(text)
    ]


def _without_code(text: str) -> str:
    """Return `text` with blanks in place of code between backticks, tags, and the targets of links."""
    return re.sub(r"(`+).+?\1|<[^<>]*>|\]\([^()]*\)", lambda code: re.sub(r"\S", "-", code[0]), text, flags=re.DOTALL)


@cache
def parsed(source: str) -> ast.Module:
    """Return the tree of a module, once for all rules."""
    return ast.parse(source)


def printed(source: str) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module: no docstrings, no keys, no code; an f-string whole, with a dash for each value."""
    tree = parsed(source)
    passed = {id(part) for node in ast.walk(tree) for part in _not_printed(node)}
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        match node:
            case ast.JoinedStr(values=values):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "-" for part in values)
            case ast.Constant(value=str(text)):
                pass
            case _:
                continue
        if not re.fullmatch(r"[a-z0-9_.-]*", text):  # else a name
            yield node.lineno, text


def _not_printed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the strings within `node` that are no texts of their own."""
    match node:
        case ast.Expr(value=ast.Constant() as docstring):
            yield docstring
        case ast.JoinedStr(values=values):
            yield from values
        case ast.Dict(keys=keys):
            yield from filter(None, keys)
        case ast.Subscript(slice=key):
            yield key
        case ast.keyword(arg=arg, value=value) if arg in NOT_PROSE:
            yield from ast.walk(value)


def summaries(source: str) -> Iterator[tuple[int, str]]:
    """Yield the first sentence of each docstring of a module: of public functions and classes, and of fields."""
    tree = parsed(source)
    private = {
        id(node.body[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name.startswith("_")
    }
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))) if id(node) not in private:
                yield node.lineno, re.split(r"(?<=[.:;])\s|\n\n", text, maxsplit=1)[0]


def prose(page: str) -> Iterator[tuple[int, str]]:
    """Yield a page of Markdown without its blocks of code, which leave their lines empty."""
    yield 1, re.sub(r"^```.*?^```", lambda code: "\n" * code[0].count("\n"), page, flags=re.DOTALL | re.MULTILINE)


def of_files(
    paths: Iterable[Path], texts: Callable[[str], Iterator[tuple[int, str]]], rules: tuple[Rule, ...] = RULES
) -> list[str]:
    return [
        fault
        for path in paths
        for fault in faults(path.relative_to(ROOT).as_posix(), texts(path.read_text(encoding="utf-8")), rules)
    ]


def test_what_is_printed_is_plain_english() -> None:
    assert of_files(SOURCES, printed) == []


def test_the_first_sentences_of_docstrings_use_the_terms_of_the_field() -> None:
    assert of_files(SOURCES, summaries, TERMS) == []


def test_documents_are_plain_english() -> None:
    assert of_files(PAGES, prose) == []


PLANTED = (
    "No p-value is told.", "Nothing was said about images.", "The rate asked for is 0.5.", "Rates found by simulation.",
    "Masks are drawn anew.", "All act in training, but for two.", "The trial had ended.", "Of 3 conditions: 2 lower.",
    "The t interval of this condition alone.", "The data do not decide whether it differs.",
    "A typical seed gains 0.3 points.", "It is meant to stay at chance.", "Seeds until decided.",
    "A crossed interval.", "The floor is 0.1 points.", "The way of measuring adds 1.", "What would make it surer?",
)  # fmt: skip
RIGHT = (
    "The file was not found.", "See `said`, `floor` and ``told``.", "[The page](what-was-asked.md#found).",
    "Two factors crossed in full.", "floor(0.2 n) values.", "--until decided adds seeds.", "It stays at chance.",
    "The effect of dropout, of which 10% is left.", "It has the profound foundation.",
)  # fmt: skip


@pytest.mark.parametrize(("sentence", "rule"), list(zip(PLANTED, RULES, strict=True)))
def test_each_rule_sees_its_sentence_wherever_it_is_printed(sentence: str, rule: Rule) -> None:
    code = (
        '"""Docstring."""',
        f'print("{sentence}")',
        f'raise ValueError(f"{{name}}. {sentence} {{1}}")',
        f"X = {{'told': '{sentence}'}}",
        f'add("--x", help=("One. " "{sentence}"))',
        f"Y = f\"{{'{sentence}' if z else ''}}\"",
    )
    lines = [fault.split(":")[1] for fault in faults("m.py", printed("\n".join(code)), (rule,))]
    assert lines == ["2", "3", "4", "5", "6"]
    broken = sentence.replace(" ", "\n")
    page = f"# Page\n\nA text. {broken}\n```\n{sentence}\n```\n| a | {sentence} |\n"
    first, last = (int(fault.split(":")[1]) for fault in faults("p.md", prose(page), RULES))
    assert 3 <= first <= 2 + len(broken.split("\n"))
    assert last == page.count("\n")
    docstring = f'class A:\n    """{sentence} More."""\n    x: int\n    """{sentence}"""\n'
    docstring += f'    def _f(self):\n        """{sentence}"""\n'
    assert len(faults("m.py", summaries(docstring), TERMS)) == 2 * (rule in TERMS)


@pytest.mark.parametrize("sentence", RIGHT)
def test_right_english_names_and_code_pass(sentence: str) -> None:
    assert faults("p.md", prose(f"{sentence}\n")) == []
    assert faults("m.py", printed(f"print({sentence!r})")) == []


def test_names_keys_and_code_of_a_module_are_no_sentences() -> None:
    code = (
        """x["was told"] = {"was said": f(fills=keys("a", "limit floor"), example=f"{a} found", formula="so, floor")}"""
    )
    assert faults("m.py", printed(code)) == []


def test_a_fault_names_file_line_word_and_what_to_say() -> None:
    (fault,) = faults("a/b.py", printed("\n\nprint('Two lines:\\nno p is told')"))
    assert fault.startswith("a/b.py:4: 'told': say shown, reported")
