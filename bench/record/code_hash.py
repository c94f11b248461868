"""Hashes of source code by what it does: comments, docstrings and layout are no part of them."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOT_TRAINING = ("assurance", "checks", "commands")
"""Folders of this package whose code trains nothing."""
parsed: dict[str, str] = {}
"""The sources' hash by the hash of their text: a worker is given its runner's, and parses only what has changed."""


def code_hash(source: str) -> str:
    """Return the SHA-256 of Python source, comments, docstrings and blank lines aside.

    Source that is not Python has the hash of its text. The hash is the same for every version of Python.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return hashlib.sha256(source.encode()).hexdigest()
    parts: list[str] = []
    _add_parts(tree, parts)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def sources_hash() -> str:
    """Return 16 digits of the hash of the code that trains: provenance of results, and no part of their names."""
    files = [file for file in sorted(ROOT.rglob("*.py")) if file.relative_to(ROOT).parts[0] not in NOT_TRAINING]
    texts = {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}
    text_hash = hashlib.sha256(repr(texts).encode()).hexdigest()
    if text_hash not in parsed:
        hashes = [f"{name} {code_hash(text)}" for name, text in texts.items()]
        parsed[text_hash] = hashlib.sha256("\n".join(hashes).encode()).hexdigest()[:16]
    return parsed[text_hash]


def _add_parts(node: object, parts: list[str]) -> None:
    """Add the syntax tree in text, without positions, empty fields and texts that stand alone."""
    if isinstance(node, list):
        parts.append("[")
        for each in node:
            if not _is_docstring(each):
                _add_parts(each, parts)
        parts.append("]")
    elif isinstance(node, ast.AST):
        parts.append(type(node).__name__)
        for name in node._fields:
            value = getattr(node, name, None)
            if value is not None and value != [] and name not in ("kind", "type_comment"):
                parts.append(name)
                _add_parts(_pieces(value) if isinstance(node, ast.JoinedStr) else value, parts)
        parts.append(".")
    else:
        parts.append(f"{type(node).__name__} {node!r}")


def _is_docstring(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _pieces(values: list[ast.expr]) -> list[ast.expr]:
    """Return the pieces of an f-string; Python 3.12 alone has empty ones."""
    return [each for each in values if not (isinstance(each, ast.Constant) and each.value == "")]
