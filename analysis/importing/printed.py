"""Dictionaries as Python prints them, as a cell of a table has them: parsed, and never executed."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from typing import Any

_NAMES = {
    "nan": math.nan, "NaN": math.nan, "inf": math.inf, "Infinity": math.inf, "null": None, "true": True, "false": False,
}  # fmt: skip
"""Names that stand for a value: what NumPy prints, and what JSON has for None, True and False."""


def mapping_in(text: str) -> Mapping[str, Any] | None:
    """Return the names and values of a dictionary in Python's notation or JSON's; None where a text is none."""
    if not (text.startswith("{") and text.endswith("}")):
        return None
    try:
        found = _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return found if isinstance(found, Mapping) else None


def _value(node: ast.expr) -> Any:
    """Return a value; what is no plain one, as an object that has no notation, is the text that stands there."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Dict(keys=keys, values=values):
            return {str(_value(key)): _value(value) for key, value in zip(keys, values, strict=True) if key is not None}
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return [_value(part) for part in parts]
        case ast.UnaryOp(op=ast.USub(), operand=operand) if isinstance(number := _value(operand), int | float):
            return -number
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
    return ast.unparse(node)
