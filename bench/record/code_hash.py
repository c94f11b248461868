"""Hashes of source code by what it does: comments, docstrings and layout are no part of them."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOT_TRAINING = ("assurance", "checks", "commands")
"""Folders of this package whose code trains nothing."""


def code_hash(source: str) -> str:
    """Return the SHA-256 of Python source, comments, docstrings and blank lines aside.

    Source that is not Python has the hash of its text. The hash is the same for every version of Python.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return hashlib.sha256(source.encode()).hexdigest()
    return hashlib.sha256("\n".join(_parts(tree)).encode()).hexdigest()


@cache
def sources_hash() -> str:
    """Return 16 digits of the hash of the code that trains: provenance of results, and no part of their names."""
    files = [file for file in sorted(ROOT.rglob("*.py")) if file.relative_to(ROOT).parts[0] not in NOT_TRAINING]
    hashes = [f"{file.relative_to(ROOT)} {code_hash(file.read_text(encoding='utf-8'))}" for file in files]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()[:16]


def _parts(node: object) -> Iterator[str]:
    """Yield the syntax tree in text, without positions, empty fields and texts that stand alone."""
    if isinstance(node, list):
        yield "["
        for each in node:
            if not _is_docstring(each):
                yield from _parts(each)
        yield "]"
    elif isinstance(node, ast.AST):
        yield type(node).__name__
        for name, value in ast.iter_fields(node):
            if value is not None and value != [] and name not in ("kind", "type_comment"):
                yield name
                yield from _parts(_pieces(value) if isinstance(node, ast.JoinedStr) else value)
        yield "."
    else:
        yield f"{type(node).__name__} {node!r}"


def _is_docstring(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _pieces(values: list[ast.expr]) -> list[ast.expr]:
    """Return the pieces of an f-string; Python 3.12 alone has empty ones."""
    return [each for each in values if not (isinstance(each, ast.Constant) and each.value == "")]
